package io.pgbosun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class RecoverabilityCommandTest {
    private static final String WINDOW = """
            {"cluster":"orders","repository":"default","intervals":[
              {"backup":"b-1","from":"2026-11-20T01:00:00Z","to":"2026-11-20T02:30:00.123456Z","fromLsn":"0/2","toLsn":"0/3","timeline":1},
              {"backup":"b-2","from":"2026-11-20T03:00:00Z","to":"2026-11-20T09:00:00Z","fromLsn":"0/4","toLsn":"0/5","timeline":2}],
             "holes":[
              {"from":"2026-11-20T02:30:00.123456Z","to":"2026-11-20T03:00:00Z","missing":["s-1","s-2","s-3","s-4"],"missingCount":4},
              {"from":"2026-11-20T09:00:00Z","to":null,"missing":["s-9"],"missingCount":1}],
             "reach":%s,"current":{"archivedLsn":"0/5","lagBytes":2048,"rpoSeconds":12.5}}""";
    private static final String PICTURE = """
            orders: WAL in repository default
              ======  2026-11-20T01:00:00Z .. 2026-11-20T02:30:00Z  timeline 1, from backup b-1
                --    2026-11-20T02:30:00Z .. 2026-11-20T03:00:00Z  missing: s-1, s-2, s-3 and 1 more
              ======  2026-11-20T03:00:00Z .. 2026-11-20T09:00:00Z  timeline 2, from backup b-2
                --    2026-11-20T09:00:00Z .. (not again)  missing: s-9
              current: RPO 12.5 s, 2.0 KiB not archived
            """;

    private static StubApi answering(String json) throws IOException {
        return new StubApi().on("GET /v1/clusters/orders/recoverability", StubApi.json(200, json));
    }

    @Test
    void the_window_is_a_picture_with_its_holes() throws IOException {
        try (var api = answering(WINDOW.formatted("null"))) {
            assertEquals(0, api.run("recoverability", "orders"));
            assertEquals(PICTURE, api.out());
        }
    }

    @Test
    void a_moment_that_cannot_be_reached_ends_with_1_and_names_the_nearest() throws IOException {
        var reach =
                "{\"at\":\"2026-11-20T02:45:00Z\",\"reachable\":false,\"backup\":null,\"timeline\":null,\"nearestBefore\":\"2026-11-20T02:30:00.123456Z\",\"nearestAfter\":null}";
        try (var api = answering(WINDOW.formatted(reach))) {
            assertEquals(1, api.run("recoverability", "orders", "--at", "2026-11-20T02:45:00Z"));
            assertEquals(
                    PICTURE
                            + "  2026-11-20T02:45:00Z cannot be reached; the nearest: before 2026-11-20T02:30:00.123456Z, after none\n",
                    api.out());
            assertEquals(
                    "at=2026-11-20T02%3A45%3A00Z",
                    api.asked("GET /v1/clusters/orders/recoverability")
                            .getFirst()
                            .query());
        }
    }

    @Test
    void a_moment_that_can_be_reached_names_its_backup() throws IOException {
        var reach =
                "{\"at\":\"2026-11-20T02:00:00Z\",\"reachable\":true,\"backup\":\"b-1\",\"timeline\":1,\"nearestBefore\":\"2026-11-20T02:00:00Z\",\"nearestAfter\":\"2026-11-20T02:00:00Z\"}";
        try (var api = answering(WINDOW.formatted(reach))) {
            assertEquals(0, api.run("recoverability", "orders", "--at", "2026-11-20T02:00:00Z"));
            assertEquals(PICTURE + "  2026-11-20T02:00:00Z can be reached, from backup b-1\n", api.out());
        }
    }

    @Test
    void a_cluster_without_an_archive_is_told_how_to_begin() throws IOException {
        var none =
                "{\"cluster\":\"orders\",\"repository\":null,\"intervals\":[],\"holes\":[],\"reach\":null,\"current\":null}";
        try (var api = answering(none)) {
            assertEquals(0, api.run("recoverability", "orders"));
            assertEquals("""
                    orders: its WAL is not archived; './pgbosun wal enable' begins
                      nothing can be recovered yet: a physical backup and the WAL since then are needed
                    """, api.out());
        }
    }
}
