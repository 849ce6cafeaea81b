package io.pgbosun.backup;

import io.pgbosun.backup.TakeBackup.TakeBackupResult;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;

@Singleton
class TakeBackupHandler implements OperationHandler<TakeBackup, TakeBackupResult> {
    private final BackupRunbook runbook;

    TakeBackupHandler(BackupRunbook runbook) {
        this.runbook = runbook;
    }

    @Override
    public void check(Target target, TakeBackup spec, Checks checks) {
        runbook.check(target, spec, checks);
    }

    @Override
    public TakeBackupResult run(Target target, TakeBackup spec, Steps steps) {
        return runbook.run(target, spec, steps);
    }
}
