package io.pgbosun.backup;

import io.pgbosun.host.PgPrograms;
import io.pgbosun.operation.Target;
import io.pgbosun.operation.Targets;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;

/** Backups as targets of operations; they outlive their cluster. */
@Singleton
class BackupTargets implements Targets {
    private final BackupStore backups;
    private final PgPrograms programs;

    BackupTargets(BackupStore backups, PgPrograms programs) {
        this.backups = backups;
        this.programs = programs;
    }

    @Override
    public String collection() {
        return "backups";
    }

    @Override
    public String noun() {
        return "backup";
    }

    @Override
    public Optional<Facts> find(Target target) {
        return backups.find(UUID.fromString(target.id())).map(stored -> new Facts(stored.labels(), null));
    }

    @Override
    public void endLeftovers(Target target, UUID operation, long epoch) {
        programs.endProcesses(operation, epoch);
    }
}
