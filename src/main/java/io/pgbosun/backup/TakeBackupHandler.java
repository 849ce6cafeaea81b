package io.pgbosun.backup;

import io.pgbosun.backup.TakeBackup.TakeBackupResult;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;

@Singleton
class TakeBackupHandler implements OperationHandler<TakeBackup, TakeBackupResult> {
    private final BackupRunbook dumps;
    private final BaseBackupRunbook baseBackups;
    private final PgBackRestRunbook backRest;

    TakeBackupHandler(BackupRunbook dumps, BaseBackupRunbook baseBackups, PgBackRestRunbook backRest) {
        this.dumps = dumps;
        this.baseBackups = baseBackups;
        this.backRest = backRest;
    }

    @Override
    public void check(Target target, TakeBackup spec, Checks checks) {
        switch (spec.engine()) {
            case PG_DUMP -> dumps.check(target, spec, checks);
            case PG_BASEBACKUP -> baseBackups.check(target, spec, checks);
            case PGBACKREST -> backRest.check(target, spec, checks);
        }
    }

    @Override
    public TakeBackupResult run(Target target, TakeBackup spec, Steps steps) {
        return switch (spec.engine()) {
            case PG_DUMP -> dumps.run(target, spec, steps);
            case PG_BASEBACKUP -> baseBackups.run(target, spec, steps);
            case PGBACKREST -> backRest.run(target, spec, steps);
        };
    }
}
