package io.pgbosun.backup;

import io.pgbosun.cluster.FinalBackup;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** The last backup of a cluster that is about to be deleted: a logical one of everything. */
@Singleton
class LastBackup implements FinalBackup {
    private final BackupRunbook runbook;
    private final BackupStore backups;
    private final Clock clock;

    LastBackup(BackupRunbook runbook, BackupStore backups, Clock clock) {
        this.runbook = runbook;
        this.backups = backups;
        this.clock = clock;
    }

    @Override
    public void check(Target target, String repository, Checks checks) {
        if (repository != null) {
            runbook.check(target, spec(repository), checks);
            return;
        }
        var newest = backups.newest(target.id());
        var hours = newest.map(found ->
                Duration.between(found.backup().endTime(), clock.instant()).toHours());
        checks.want(
                "a recent backup",
                hours.filter(age -> age < 24).isPresent(),
                hours.map(age -> age + " hours old").orElse("none"),
                "younger than 24 hours",
                "Name a finalBackupRepository to have one taken before anything is removed.");
    }

    @Override
    public UUID take(Target target, String repository, Steps steps) {
        return runbook.run(target, spec(repository), steps).backup();
    }

    private static TakeBackup spec(String repository) {
        return new TakeBackup(repository, List.of(), false, null, null, null, null, null);
    }
}
