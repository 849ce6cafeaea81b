package io.pgbosun.failover;

import io.pgbosun.cluster.Cluster;
import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.NewStandbys;
import io.pgbosun.cluster.Scratch;
import io.pgbosun.cluster.ScratchCopies;
import io.pgbosun.cluster.ScratchCopy;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.Steps;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;

/** A scratch copy of a cluster's primary and a standby of the copy, which nobody else knows, and how they go again. */
@Singleton
class RehearsalServers {
    private static final String ADDRESS = "127.0.0.1";

    private final ScratchCopies copies;
    private final NewStandbys standbys;
    private final PgPrograms programs;
    private final Servers servers;
    private final Scratch scratch;
    private final Clock clock;

    RehearsalServers(
            ScratchCopies copies,
            NewStandbys standbys,
            PgPrograms programs,
            Servers servers,
            Scratch scratch,
            Clock clock) {
        this.copies = copies;
        this.standbys = standbys;
        this.programs = programs;
        this.servers = servers;
        this.scratch = scratch;
        this.clock = clock;
    }

    /** Of which backup and where; decided once. */
    record Places(ScratchCopy copy, String standbyDirectory, int standbyPort) {
        InstanceRecord primary() {
            return new InstanceRecord("drill-1", "local", ADDRESS, copy.port(), copy.directory());
        }

        InstanceRecord standby() {
            return new InstanceRecord("drill-2", "local", ADDRESS, standbyPort, standbyDirectory);
        }

        /** As a failover sees a cluster; its name is no name of one that is registered. */
        ClusterRecord cluster() {
            var cluster = new Cluster(
                    "a scratch copy",
                    Cluster.Driver.NATIVE,
                    Cluster.Origin.PROVISIONED,
                    Map.of(),
                    Cluster.ClusterPolicy.NONE,
                    null,
                    2,
                    "",
                    copy.startTime());
            return new ClusterRecord(
                    cluster, copy.username(), copy.password(), "disable", List.of(primary(), standby()));
        }
    }

    /** When the copy answered, and when its standby streamed. */
    record Made(Instant restored, Instant streaming) {}

    void check(String cluster, Checks checks) {
        copies.check(cluster, 2, checks);
    }

    Places choose(String cluster) {
        var copy = copies.choose(cluster);
        var directory = scratch.root().resolve(UUID.randomUUID().toString()).toString();
        var port = IntStream.generate(programs::freePort)
                .filter(free -> free != copy.port())
                .findFirst()
                .getAsInt();
        return new Places(copy, directory, port);
    }

    Made make(Steps steps, Places places, boolean synchronous) {
        copies.restore(steps, places.copy());
        var restored = steps.get("note when it was restored", Instant.class, clock::instant);
        var login = places.copy().endpoint();
        var primary = servers.at(login);
        var directory = Path.of(places.copy().directory());
        standbys.make(steps, primary, login, places.standby(), () -> standbySettings(places));
        if (synchronous) {
            steps.act("have commits wait for the standby", () -> {
                var settings = new TreeMap<>(programs.settings(directory));
                settings.put("synchronous_standby_names", "*");
                programs.configure(directory, settings);
                primary.reload();
            });
        }
        var streaming = steps.get("note when its standby streamed", Instant.class, clock::instant);
        return new Made(restored, streaming);
    }

    /** Those of the primary, also who may log in. */
    private Map<String, String> standbySettings(Places places) {
        var settings = new TreeMap<>(programs.settings(Path.of(places.copy().directory())));
        settings.put("port", String.valueOf(places.standbyPort()));
        settings.put("cluster_name", places.standby().name());
        return settings;
    }

    void remove(Steps steps, Places places) {
        for (var instance : List.of(places.standby(), places.primary())) {
            var directory = Path.of(instance.dataDirectory());
            steps.ensure(
                    "remove " + instance.name(), () -> !programs.exists(directory), () -> programs.remove(directory));
        }
    }
}
