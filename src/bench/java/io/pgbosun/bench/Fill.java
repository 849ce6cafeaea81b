package io.pgbosun.bench;

/** Operations that have ended, many, made by SQL as the engine would have left them. */
final class Fill {
    static final int ROWS = 100_000;
    /** The id of the operation with number {@code :n}. */
    static final String SQL_ID = "('01900000-0000-7000-8000-' || lpad(:n::text, 12, '0'))";

    private Fill() {}

    static String id(int number) {
        return "01900000-0000-7000-8000-%012d".formatted(number);
    }

    /** Fills a database up to so many. */
    static void upTo(Postgres postgres, String database, int rows) {
        postgres.run(database, """
                insert into operation (id, kind, target, labels, state, spec, principal, channel, fingerprint, risk, cancel_effect,
                  locks, timeout_seconds, lease_owner, lease_epoch, result, last_event, created_at, started_at, updated_at, ended_at)
                select ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
                  (array['no-op', 'vacuum', 'analyze', 'checkpoint'])[n %% 4 + 1], 'clusters/bench-' || n %% %1$d + 1,
                  '{"team":"bench"}', 'SUCCEEDED', '{}', 'admin', 'REST', md5(n::text) || md5(n::text), 'LOW', 'SAFE',
                  jsonb_build_array(jsonb_build_object('resource', 'clusters/bench-' || n %% %1$d + 1, 'exclusive', false)), 3600,
                  'worker', 1, '{"steps":3}', 9, at, at + interval '2 ms', at + interval '20 ms', at + interval '20 ms'
                from generate_series((select count(*) from operation where id < '01900000-0000-7000-9000-000000000000'), %2$d - 1) n,
                  lateral (select now() - interval '1 day' + n * interval '10 ms' as at) t
                """.formatted(Stage.CLUSTERS, rows), "vacuum (analyze) operation");
    }
}
