package io.pgbosun.chatops;

import io.pgbosun.access.Caller;
import io.pgbosun.backup.Backup;
import io.pgbosun.backup.Backups;
import io.pgbosun.cluster.Cluster;
import io.pgbosun.cluster.Clusters;
import io.pgbosun.cluster.Instance;
import io.pgbosun.operation.Operation;
import io.pgbosun.operation.OperationReader;
import io.pgbosun.operation.Target;
import io.pgbosun.store.Page;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** Says how the clusters are, or one of them: its instances, its newest backup and what is at work there. */
@Singleton
class StatusCommand {
    private static final int SHOWN = 20;

    private final Clusters clusters;
    private final Backups backups;
    private final OperationReader operations;
    private final Clock clock;

    StatusCommand(Clusters clusters, Backups backups, OperationReader operations, Clock clock) {
        this.clusters = clusters;
        this.backups = backups;
        this.operations = operations;
        this.clock = clock;
    }

    String answer(Caller caller, String cluster) {
        return cluster == null ? fleet(caller) : one(caller, Target.cluster(cluster));
    }

    private String fleet(Caller caller) {
        var page = clusters.list(caller, Map.of(), Page.Request.of(SHOWN, null, ""));
        var active = active(caller, null);
        var lines = page.items().stream().map(cluster -> line(caller, cluster)).collect(Collectors.joining("\n"));
        return "%s%s\n%s"
                .formatted(
                        page.items().isEmpty() ? "No clusters are known." : lines,
                        page.nextPageToken() == null ? "" : "\n… and more.",
                        active.items().isEmpty() ? "Nothing is at work." : "At work:\n" + atWork(active));
    }

    private String line(Caller caller, Cluster cluster) {
        return "*%s* %s, %d instance%s, %s"
                .formatted(
                        cluster.name(),
                        cluster.origin(),
                        cluster.instanceCount(),
                        cluster.instanceCount() == 1 ? "" : "s",
                        backup(caller, cluster.name()));
    }

    private String one(Caller caller, Target target) {
        var cluster = clusters.get(caller, target.id());
        var instances = clusters.instances(caller, cluster.name());
        var active = active(caller, target.toString());
        return "%s\n%s\n%s"
                .formatted(
                        line(caller, cluster),
                        instances.stream().map(StatusCommand::line).collect(Collectors.joining("\n")),
                        active.items().isEmpty() ? "Nothing is at work there." : "At work:\n" + atWork(active));
    }

    private static String line(Instance instance) {
        var lag = instance.replayLagBytes() == null ? "" : ", %d bytes behind".formatted(instance.replayLagBytes());
        var why = instance.state() == Instance.State.UP ? "" : ": " + Texts.escape(instance.stateReason());
        return "• `%s` %s %s%s%s".formatted(instance.name(), instance.role(), instance.state(), lag, why);
    }

    private String backup(Caller caller, String cluster) {
        var page = backups.list(caller, cluster, Page.Request.of(1, null, ""));
        return page.items().stream().findFirst().map(this::backup).orElse("no backup");
    }

    private String backup(Backup backup) {
        var age = Duration.between(backup.endTime(), clock.instant());
        return "newest backup %s old, %s"
                .formatted(age.toHours() > 0 ? age.toHours() + " h" : age.toMinutes() + " min", backup.confidence());
    }

    private Page<Operation> active(Caller caller, String target) {
        var filter = new OperationReader.Filter(null, target, null, null, false);
        return operations.list(caller, filter, Page.Request.of(SHOWN, null, filter));
    }

    private static String atWork(Page<Operation> active) {
        return Texts.lines(active.items(), active.nextPageToken() != null);
    }
}
