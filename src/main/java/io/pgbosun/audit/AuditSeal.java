package io.pgbosun.audit;

import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * Chains audit entries: each gets the next number and SHA-256 over the previous hash and its own content, so that a
 * changed, removed or inserted entry is found. One service at a time seals; it runs with every heartbeat.
 */
@Singleton
public final class AuditSeal {
    private static final int BATCH = 500;
    private static final String CONTENT = """
            concat_ws(e'\\x1f', e.id::text, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.principal,
              e.channel, e.action, e.target, coalesce(e.operation::text, ''), e.details::text)
            """;

    private final Store store;

    AuditSeal(Store store) {
        this.store = store;
    }

    /** Seals what has been written since; returns how many entries. */
    public int seal() {
        return store.tx(tx -> {
            var mine = tx.one("select pg_try_advisory_xact_lock(hashtextextended('pgbosun.audit.seal', 0)) as mine")
                    .orElseThrow()
                    .bool("mine");
            if (!mine) {
                return 0;
            }
            return tx.update("""
                    with recursive head as (
                      select coalesce(max(number), 0) as number from audit_entry
                    ), start as (
                      select h.number, coalesce((select hash from audit_entry a where a.number = h.number), '') as hash from head h
                    ), fresh as (
                      select e.id, row_number() over (order by e.at, e.id) as place, %s as content
                      from (select * from audit_entry where number is null order by at, id limit %d) e
                    ), chain as (
                      select s.number, s.hash, null::uuid as id, 0::bigint as place from start s
                      union all
                      select c.number + 1, encode(sha256(convert_to(c.hash || f.content, 'UTF8')), 'hex'), f.id, f.place
                      from chain c join fresh f on f.place = c.place + 1
                    )
                    update audit_entry a set number = c.number, hash = c.hash from chain c where a.id = c.id
                    """.formatted(CONTENT, BATCH));
        });
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
