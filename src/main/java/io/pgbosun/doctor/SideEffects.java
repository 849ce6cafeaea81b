package io.pgbosun.doctor;

import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.host.Traces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;

/**
 * I4: what must not be done twice to a managed cluster was done once, and no run that was superseded did anything. Logs of servers on
 * other hosts are not read.
 */
@Singleton
class SideEffects implements Invariant {
    private static final int MOST_CLUSTERS = 500;
    /** Of each server's log. */
    private static final long LAST_BYTES = 16L << 20;

    private final ClusterStore clusters;
    private final PgHosts hosts;
    private final Traces traces;

    SideEffects(ClusterStore clusters, PgHosts hosts, Traces traces) {
        this.clusters = clusters;
        this.hosts = hosts;
        this.traces = traces;
    }

    @Override
    public String id() {
        return "I4";
    }

    @Override
    public String title() {
        return "What was done to a cluster was done once, and by the newest run, as the servers' own logs tell.";
    }

    @Override
    public void examine(Scope scope, Examination examination) {
        clusters.names().stream()
                .limit(MOST_CLUSTERS)
                .flatMap(name -> clusters.find(name).stream())
                .flatMap(cluster -> cluster.instances().stream())
                .filter(instance -> instance.host() != null && hosts.isLocal(instance.host()))
                .forEach(instance -> read(instance, scope, examination));
    }

    private void read(InstanceRecord instance, Scope scope, Examination examination) {
        // a day earlier, because the log's time zone is the server's
        var date =
                scope.since().minus(Duration.ofDays(1)).atOffset(ZoneOffset.UTC).toLocalDate();
        var log = new ServerLog(date.toString());
        traces.lines(traces.serverLog(Path.of(instance.dataDirectory())), LAST_BYTES, log);
        examination.examined(log.statements());
        for (var oddity : log.oddities()) {
            examination.fail(
                    Examination.operation(oddity.operation()),
                    "On " + instance.name() + ", " + oddity.seen() + ".",
                    "Compare the cluster with what ./pgbosun operations get %s says was done; its log is %s. Report it with both."
                            .formatted(oddity.operation(), traces.serverLog(Path.of(instance.dataDirectory()))));
        }
    }
}
