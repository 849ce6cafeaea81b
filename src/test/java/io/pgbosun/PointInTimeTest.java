package io.pgbosun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Point-in-time recovery on real PostgreSQL: to every moment exactly the rows of that moment, or a refusal. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PointInTimeTest {
    private static final String CLUSTER = "/v1/clusters/timed";
    private static final int TRANSACTIONS = 20;
    private static final int TRIED = Boolean.getBoolean("pgbosun.long") ? TRANSACTIONS : 4;

    private final Api api = Api.admin();
    /** A moment after each transaction and before the next one. */
    private final List<Instant> moments = new ArrayList<>();

    private String lsnAfterTen;
    private int recovered;

    @Inject
    ClusterStore clusters;

    @Inject
    Servers servers;

    @ConfigProperty(name = "pgbosun.home")
    String home;

    @BeforeAll
    void transactions() {
        api.succeed("/v1/clusters", "{'name':'timed','provision':{'databases':['shop']}}");
        api.succeed(CLUSTER + "/wal-archive", "{'repository':'default'}");
        var server = server("timed");
        server.script("shop", "create table event (id integer primary key)");
        api.succeed(CLUSTER + "/backups", "{'engine':'PG_BASEBACKUP'}");
        for (var number = 1; number <= TRANSACTIONS; number++) {
            server.script("shop", "insert into event values (%d)".formatted(number));
            moments.add(server.now());
            if (number == 10) {
                lsnAfterTen = value("timed", "select pg_current_wal_insert_lsn()");
                api.succeed(CLUSTER + "/restore-points", "{'name':'half'}");
                server.switchWal();
            }
        }
    }

    private Server server(String cluster) {
        var record = clusters.get(cluster);
        return servers.at(record.endpoint(record.instances().getFirst()));
    }

    private String value(String cluster, String sql) {
        return server(cluster).value("shop", sql).orElse("");
    }

    /** How many of the transactions are in a cluster that is recovered to a point and thrown away. */
    private int recoveredTo(String point) {
        var name = "timed-" + ++recovered;
        api.succeed("/v1/clusters", "{'name':'%s','recover':{'source':'timed','to':%s}}".formatted(name, point));
        var rows = value(name, "select count(*) || ' ' || coalesce(max(id), 0) from event");
        api.succeeded(api.delete("/v1/clusters/" + name + "?confirm=" + name));
        var count = Integer.parseInt(rows.split(" ")[0]);
        assertEquals(count + " " + count, rows);
        return count;
    }

    @Test
    @Order(1)
    void a_moment_that_is_not_archived_yet_is_reached_by_archiving_it_first() {
        assertEquals(TRANSACTIONS, recoveredTo("{'time':'%s'}".formatted(moments.getLast())));
    }

    @Test
    @Order(2)
    void between_two_transactions_there_are_exactly_the_rows_of_the_first() {
        var seed = Long.getLong("pgbosun.seed", System.nanoTime());
        System.out.println("PointInTimeTest: -Dpgbosun.seed=" + seed);
        var numbers = new Random(seed)
                .ints(1, TRANSACTIONS + 1)
                .distinct()
                .limit(TRIED)
                .toArray();
        for (var number : numbers) {
            assertEquals(number, recoveredTo("{'time':'%s'}".formatted(moments.get(number - 1))), "seed " + seed);
        }
    }

    @Test
    @Order(3)
    void a_position_a_restore_point_the_end_of_the_backup_and_all_there_is_are_reached() {
        assertEquals(10, recoveredTo("{'lsn':'%s'}".formatted(lsnAfterTen)));
        assertEquals(10, recoveredTo("{'name':'half'}"));
        assertEquals(0, recoveredTo("{'immediate':true}"));
        assertEquals(TRANSACTIONS, recoveredTo("null"));
    }

    @Test
    @Order(4)
    void a_moment_before_the_backup_and_one_to_come_are_refused_at_once_with_the_nearest_one() {
        for (var at :
                List.of(moments.getFirst().minusSeconds(3600), Instant.now().plusSeconds(3600))) {
            var began = System.nanoTime();
            var refused = api.post(
                    "/v1/clusters", "{'name':'never','recover':{'source':'timed','to':{'time':'%s'}}}".formatted(at));
            assertTrue(Duration.ofNanos(System.nanoTime() - began).toMillis() < 1000, "refused too late");
            assertEquals(422, refused.statusCode());
            assertTrue(refused.jsonPath().getString("detail").contains("nearest"), refused.asString());
            assertEquals(404, api.get("/v1/clusters/never").statusCode());
        }
    }

    @Test
    @Order(5)
    void a_deleted_segment_is_named_and_nothing_beyond_it_is_promised() throws IOException {
        var archive = Path.of(api.get(CLUSTER + "/wal-archive").jsonPath().getString("directory"));
        var gone = value("timed", "select pg_walfile_name('%s')".formatted(lsnAfterTen));
        Files.delete(archive.resolve(gone));
        var window =
                api.get(CLUSTER + "/recoverability?at=" + moments.getLast()).jsonPath();
        assertTrue(window.getList("holes.missing.flatten()").contains(gone), window.prettify());
        assertEquals(false, window.getBoolean("reach.reachable"));
        var refused = api.post(
                "/v1/clusters",
                "{'name':'never','recover':{'source':'timed','to':{'time':'%s'}}}".formatted(moments.getLast()));
        assertEquals(422, refused.statusCode());
    }
}
