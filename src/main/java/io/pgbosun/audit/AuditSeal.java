package io.pgbosun.audit;

import io.pgbosun.store.Queries;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * Chains audit entries: each gets the next number and SHA-256 over the previous hash and its own content, so that a
 * changed, removed or inserted entry is found. One service at a time seals; it runs with every heartbeat.
 */
@Singleton
public final class AuditSeal {
    /** How many entries one go seals at most. */
    public static final int BATCH = 2_000;

    private static final String CONTENT = """
            concat_ws(e'\\x1f', e.id::text, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.principal,
              e.channel, e.action, e.target, coalesce(e.operation::text, ''), e.details::text)
            """;

    private final Store store;

    AuditSeal(Store store) {
        this.store = store;
    }

    /** Seals what has been written since, as far as it fits in one go; returns how many entries. */
    public int seal() {
        return store.tx(tx -> {
            var mine = tx.one("select pg_try_advisory_xact_lock(hashtextextended('pgbosun.audit.seal', 0)) as mine")
                    .orElseThrow()
                    .bool("mine");
            return mine ? seal(tx) : 0;
        });
    }

    private static int seal(Queries tx) {
        var head = tx.one("select number, hash from audit_entry where number is not null order by number desc limit 1");
        var number = head.map(row -> row.number("number")).orElse(0L);
        var hash = head.map(row -> row.text("hash")).orElse("");
        var ids = new ArrayList<UUID>();
        var numbers = new ArrayList<Long>();
        var hashes = new ArrayList<String>();
        for (var entry :
                tx.query("select e.id, %s as content from audit_entry e where number is null order by at, id limit %d"
                        .formatted(CONTENT, BATCH))) {
            hash = sha256(hash + entry.text("content"));
            ids.add(entry.uuid("id"));
            numbers.add(++number);
            hashes.add(hash);
        }
        return tx.update("""
                update audit_entry a set number = s.number, hash = s.hash
                from unnest($1::uuid[], $2::bigint[], $3::text[]) as s(id, number, hash) where a.id = s.id
                """, ids.toArray(UUID[]::new), numbers.toArray(Long[]::new), hashes.toArray(String[]::new));
    }

    private static String sha256(String text) {
        try {
            var sha = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As {@link #firstBroken()}, among so many of the newest entries; the one before them is taken for true. */
    public Optional<Long> firstBroken(int newest) {
        return store.one("""
                        with checked as (
                          select number, hash, lag(hash, 1, '') over w as before, lag(number, 1, 0::bigint) over w as number_before,
                            row_number() over w as row, %s as content
                          from (select * from audit_entry where number is not null order by number desc limit $1) e
                          window w as (order by number)
                        )
                        select number from checked
                        where (row > 1 or number = 1)
                          and (hash <> encode(sha256(convert_to(before || content, 'UTF8')), 'hex') or number <> number_before + 1)
                        order by number limit 1
                        """.formatted(CONTENT), newest + 1L).map(row -> row.number("number"));
    }

    /** The number of the first sealed entry that does not fit the chain; empty when the whole chain holds. */
    public Optional<Long> firstBroken() {
        return store.one("""
                        select number from (
                          select number, hash,
                            lag(hash, 1, '') over w as before, lag(number, 1, 0::bigint) over w as number_before, %s as content
                          from audit_entry e where number is not null window w as (order by number)
                        ) checked
                        where hash <> encode(sha256(convert_to(before || content, 'UTF8')), 'hex') or number <> number_before + 1
                        order by number limit 1
                        """.formatted(CONTENT)).map(row -> row.number("number"));
    }
}
