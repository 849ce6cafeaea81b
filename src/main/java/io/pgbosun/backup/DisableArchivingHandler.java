package io.pgbosun.backup;

import io.pgbosun.backup.ArchivingRunbook.Before;
import io.pgbosun.backup.DisableArchiving.DisableArchivingResult;
import io.pgbosun.backup.WalArchiveStore.Archiving;
import io.pgbosun.host.ServerCommand;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;

@Singleton
class DisableArchivingHandler implements OperationHandler<DisableArchiving, DisableArchivingResult> {
    private final ArchivingRunbook runbook;
    private final WalArchiveStore archives;
    private final Clock clock;

    DisableArchivingHandler(ArchivingRunbook runbook, WalArchiveStore archives, Clock clock) {
        this.runbook = runbook;
        this.archives = archives;
        this.clock = clock;
    }

    @Override
    public void check(Target target, DisableArchiving spec, Checks checks) {
        var archiving = archives.find(target.id()).filter(known -> known.endedAt() == null);
        checks.need(
                "its WAL is archived",
                archiving.isPresent(),
                archiving.map(Archiving::repository).orElse("no archive"),
                "an archive",
                "Nothing is to be done: look with GET /v1/clusters/" + target.id() + "/wal-archive.");
        checks.restsOn("archiving", archiving.map(Archiving::repository).orElse(""));
    }

    @Override
    public DisableArchivingResult run(Target target, DisableArchiving spec, Steps steps) {
        var cluster = runbook.cluster(target.id());
        var before = steps.get(
                "read how it archives now",
                Before.class,
                () -> runbook.look(cluster, archives.find(target.id()).orElseThrow(), clock.instant()));
        for (var old : before.instances()) {
            runbook.set(steps, cluster, old, Map.of(ArchivingRunbook.COMMAND, ServerCommand.NOTHING));
        }
        var old = before.archiving();
        var ended = new Archiving(old.method(), old.repository(), old.since(), before.time());
        steps.ensure(
                "record that it has ended",
                () -> archives.find(target.id()).filter(ended::equals).isPresent(),
                () -> archives.put(target.id(), ended),
                () -> archives.put(target.id(), old));
        for (var each : before.instances()) {
            var instance = ArchivingRunbook.instance(cluster, each.instance());
            var programs = runbook.programs(instance);
            var data = instance.directory();
            steps.ensure(
                    "remove the archiving script of " + instance.name(),
                    () -> !programs.hasArchiveScript(data),
                    () -> programs.removeArchiveScript(data),
                    () -> programs.writeArchiveScript(data));
        }
        return new DisableArchivingResult(target.id(), old.repository(), ended.endedAt());
    }
}
