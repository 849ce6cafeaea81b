package io.pgbosun.audit;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.store.Json;
import io.pgbosun.store.Page;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.UUID;

/** Searches the audit trail, newest first. */
@Singleton
public final class AuditReader {
    private final Store store;
    private final Json json;

    AuditReader(Store store, Json json) {
        this.store = store;
        this.json = json;
    }

    /**
     * What to look for; null means any.
     *
     * @param since not before this time
     * @param until before this time
     */
    public record Filter(
            String principal, String action, String target, UUID operation, Instant since, Instant until) {}

    public Page<AuditEntry> list(Caller caller, Filter filter, Page.Request page) {
        caller.require(Permission.AUDIT_READ);
        var rows = store.query(
                """
                select id, number, at, principal, channel, action, target, operation, details::text as details, hash,
                  to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.USZ') || ' ' || id as place
                from audit_entry
                where ($1::text is null or principal = $1) and ($2::text is null or action = $2)
                  and ($3::text is null or target = $3) and ($4::uuid is null or operation = $4)
                  and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)
                  and ($7::text is null or (at, id) < (split_part($7, ' ', 1)::timestamptz, split_part($7, ' ', 2)::uuid))
                order by at desc, id desc limit $8
                """,
                filter.principal(),
                filter.action(),
                filter.target(),
                filter.operation(),
                filter.since(),
                filter.until(),
                place(page),
                page.limit());
        return page.of(rows, this::entry, row -> row.text("place"));
    }

    private static String place(Page.Request page) {
        try {
            if (page.after() != null) {
                var cut = page.after().indexOf(' ');
                Instant.parse(page.after().substring(0, Math.max(0, cut)));
                UUID.fromString(page.after().substring(cut + 1));
            }
            return page.after();
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw Page.Request.foreign();
        }
    }

    private AuditEntry entry(Row row) {
        return new AuditEntry(
                row.uuid("id"),
                row.has("number") ? row.number("number") : null,
                row.time("at"),
                row.text("principal"),
                row.text("channel"),
                row.text("action"),
                row.text("target"),
                row.uuid("operation"),
                json.tree(row.text("details")),
                row.text("hash"));
    }
}
