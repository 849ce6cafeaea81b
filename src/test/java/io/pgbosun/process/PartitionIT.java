package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.LocalPgPrograms;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.host.Endpoint;
import io.pgbosun.process.Link.Weather;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** R9: the service is cut off from a primary from which its standbys still stream: nobody is promoted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PartitionIT {
    private static final String CLUSTER = "/v1/clusters/parted";
    private static final List<String> HEALTHY = List.of("PRIMARY", "STANDBY", "STANDBY");

    private final Path folder = Service.newFolder();
    private final LocalPgPrograms programs = new LocalPgPrograms();
    private Service service;
    private Link toPrimary;

    /** Whoever wants something of the primary goes over the wire. */
    @BeforeAll
    void prepare() {
        service = Service.first(folder, "api,worker");
        service.rest().succeed("/v1/clusters", "{'name':'parted','provision':{'standbys':2,'databases':['shop']}}");
        var port = service.rest().get(CLUSTER + "/instances").json().getInt("items[0].port");
        toPrimary = new Link(port, new Random(0));
        for (var standby : List.of("parted-2", "parted-3")) {
            var directory = directory(standby);
            var login = programs.upstream(directory);
            programs.stop(directory);
            programs.followPrimary(
                    directory,
                    new Endpoint("127.0.0.1", toPrimary.port(), login.username(), login.password(), login.sslMode()),
                    standby.replace('-', '_'),
                    standby);
            programs.start(directory);
        }
        try (var store = service.store().open()) {
            store.run("update instance set port = %d where name = 'parted-1'".formatted(toPrimary.port()));
        }
        Eventually.until("both stream", Duration.ofSeconds(60), () -> senders() == 2);
    }

    @AfterAll
    void clear() {
        toPrimary.close();
        Service.clear(folder, service);
    }

    private Path directory(String instance) {
        return service.home().resolve("clusters/parted").resolve(instance);
    }

    private int senders() {
        return service.rest()
                .get(CLUSTER + "/replication")
                .json()
                .getList("instances[0].senders")
                .size();
    }

    private List<String> roles() {
        return service.rest().get(CLUSTER + "/instances").json().getList("items.role");
    }

    @Test
    void a_wire_that_is_cut_between_the_service_and_the_primary_alone_leads_to_no_promotion() {
        var board = Scoreboard.of("R9", "the service is cut off from the primary alone: nobody is promoted");
        board.run(() -> {
            toPrimary.set(Weather.REFUSE);
            assertEquals("UNKNOWN", roles().getFirst());
            var refused = service.rest().post(CLUSTER + "/failovers?reason=it+is+silent", "{}");
            assertEquals(422, refused.status(), refused.toString());
            var why = refused.json().getString("detail");
            assertTrue(why.contains("service: DOWN"), why);
            assertTrue(why.contains("parted-2: UP") && why.contains("parted-3: UP"), why);
            toPrimary.set(Weather.CLEAR);
            assertEquals(HEALTHY, roles());
            assertEquals(
                    List.of(1, 1, 1),
                    service.rest().get(CLUSTER + "/instances").json().getList("items.timeline"));
        });
        board.show();
        new Oracle(service).refuseFindings();
    }
}
