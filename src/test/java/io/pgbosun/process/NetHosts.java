package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.LocalPgPrograms;
import io.pgbosun.fire.Scoreboard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A cluster on three hosts, each in a network namespace of its own and reached by SSH; the service and a PgBouncer are in another one. To
 * be run where namespaces can be made; {@link NetHostsIT} sees to that.
 */
public final class NetHosts {
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(60);
    private static final Duration REPORTED_WITHIN = Duration.ofSeconds(10);
    private static final String ANY_LOSS = "{'acceptDataLossUpToBytes':1099511627776}";

    private final Path folder = Service.newFolder();
    private final LocalPgPrograms programs = new LocalPgPrograms();
    private final List<NetHost> hosts = new ArrayList<>();
    private Service service;
    private PooledCluster cluster;

    private NetHosts() {}

    /** Ends with another code than 0 when something is not as it must be. */
    public static void main(String... arguments) throws IOException {
        new NetHosts().run();
    }

    private void run() throws IOException {
        try {
            prepare();
            cutOffFromUsAlone();
            partedFromAll();
            new Oracle(service).refuseFindings();
        } finally {
            if (cluster != null) {
                cluster.close();
            }
            hosts.forEach(NetHost::close);
            Service.clear(folder, service);
        }
    }

    private void prepare() throws IOException {
        NetHost.makeBridge();
        for (var number = 1; number <= 3; number++) {
            var host = new NetHost(number, folder.resolve("host-" + number));
            hosts.add(host);
            host.sshd.authorize(hosts.getFirst().sshd);
            Files.createDirectory(data(number));
        }
        var key = hosts.getFirst().sshd.clientKey().toString();
        service = Service.first(folder, "api,worker", Map.of("PGBOSUN_SSH_KEY_FILE", key));
        for (var number = 1; number <= 3; number++) {
            var sshd = hosts.get(number - 1).sshd;
            var made = service.rest().post("/v1/hosts", sshd.asHost("db" + number, data(number), NetHost.NETWORK));
            assertEquals(201, made.status(), made.toString());
        }
        service.rest().succeed("/v1/clusters", "{'name':'far','provision':{'host':'db1','databases':['shop']}}");
        service.rest().succeed("/v1/clusters/far/instances", "{'host':'db2'}");
        service.rest().succeed("/v1/clusters/far/instances", "{'host':'db3'}");
        cluster = PooledCluster.before(service, "far", folder.resolve("pooler"));
        cluster.write();
    }

    private Path data(int number) {
        return folder.resolve("host-" + number).resolve("data");
    }

    private int primary() {
        return Integer.parseInt(cluster.primary().substring("far-".length()));
    }

    /** The standbys still stream: that is no reason to promote one. */
    private void cutOffFromUsAlone() {
        var board = Scoreboard.of(
                "R9",
                "on hosts in network namespaces, the primary does not answer the service alone: nobody is promoted");
        board.run(() -> {
            var host = hosts.get(primary() - 1);
            host.ignoreUs();
            var refused = service.rest().post(cluster.path("/failovers?reason=test"), ANY_LOSS);
            assertEquals(422, refused.status(), refused.toString());
            assertTrue(refused.json().getString("detail").contains("UP"), refused.toString());
            host.heedUs();
            Eventually.until(
                    "all answer again", NOTICED_WITHIN, () -> cluster.roles().contains("PRIMARY"));
            cluster.write();
        });
        board.show();
    }

    /** It goes on as a primary where it is, and is one still when the wire is mended. */
    private void partedFromAll() {
        var board = Scoreboard.of(
                "R9",
                "on hosts in network namespaces, the primary's host is cut off and lives on: failed over, and the old primary is stopped when it is back");
        board.run(() -> {
            var number = primary();
            var old = data(number).resolve("far").resolve("far-" + number);
            hosts.get(number - 1).unplug();
            var failover = new String[1];
            Eventually.until("the standbys notice, and one takes over", NOTICED_WITHIN, () -> {
                var answer = service.rest().post(cluster.path("/failovers?reason=test"), ANY_LOSS);
                failover[0] = answer.status() == 202 ? answer.started() : null;
                return failover[0] != null;
            });
            var result = service.rest().succeeded(failover[0]);
            assertEquals("far-" + number, result.getString("result.oldPrimary"), result.prettify());
            cluster.write();
            assertTrue(programs.running(old) && !programs.comesUpAsStandby(old), "it takes writes where it is");
            hosts.get(number - 1).plug();
            Eventually.until(
                    "the old primary is stopped for good", REPORTED_WITHIN, () -> programs.comesUpAsStandby(old));
            cluster.write();
            service.rest().succeed(cluster.path("/rejoins"), "{'instance':'far-%d'}".formatted(number));
            assertEquals(2, Collections.frequency(cluster.roles(), "STANDBY"));
            assertTrue(cluster.isLed());
        });
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
        board.show();
    }
}
