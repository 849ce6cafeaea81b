package io.pgbosun.backup;

import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Names;
import io.pgbosun.host.DumpRequest;
import io.pgbosun.host.PgBackRest;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Takes a backup of a cluster with pg_dump, pg_basebackup or pgBackRest: written aside, checked and published at once. */
@Schema(
        description =
                "Takes a backup of a cluster with pg_dump, pg_basebackup or pgBackRest: written aside, checked and published at once.")
@OperationKind(
        name = "backup",
        summary =
                "Takes a backup of a cluster with pg_dump, pg_basebackup or pgBackRest: written aside, checked and published at once.",
        permission = Permission.BACKUP_CREATE,
        risk = Risk.LOW,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.SHARED,
        timeoutMinutes = 24 * 60)
public record TakeBackup(
        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(description = "Where it is stored; the repository 'default' when left out.")
        String repository,

        @Size(max = 100)
        @Schema(description = "Which databases; all of them, with roles and tablespaces, when left out.")
        List<@NotNull @Pattern(regexp = Names.IDENTIFIER, message = Names.IDENTIFIER_RULE) String> databases,

        @Schema(description = "No rows.") Boolean schemaOnly,

        @Schema(description = "CUSTOM is one file a database, DIRECTORY is written in parallel; CUSTOM when left out.")
        DumpRequest.Format format,

        @Min(1)
        @Max(16)
        @Schema(description = "Parallel workers a database; above 1 only with DIRECTORY. 1 when left out.")
        Integer jobs,

        @Schema(description = "PREFER_STANDBY when left out.")
        Source source,

        @Schema(
                description =
                        "PG_DUMP for a LOGICAL one, PG_BASEBACKUP for a PHYSICAL one of the whole server; PG_DUMP when left out.")
        Backup.Engine engine,

        @Schema(description = "What of the server is in it, for PGBACKREST alone; FULL when left out.")
        PgBackRest.SetType backupType)
        implements OperationSpec {

    /** Where it is read from. */
    @Schema(name = "BackupSource")
    public enum Source {
        PREFER_STANDBY,
        PRIMARY
    }

    public TakeBackup {
        repository = repository == null ? "default" : repository;
        databases = databases == null ? List.of() : List.copyOf(databases);
        schemaOnly = schemaOnly != null && schemaOnly;
        engine = engine == null ? Backup.Engine.PG_DUMP : engine;
        format = format == null && engine == Backup.Engine.PG_DUMP ? DumpRequest.Format.CUSTOM : format;
        jobs = jobs == null ? 1 : jobs;
        source = source == null ? Source.PREFER_STANDBY : source;
        backupType = backupType == null && engine == Backup.Engine.PGBACKREST ? PgBackRest.SetType.FULL : backupType;
    }

    @AssertTrue(message = "jobs: must be 1 unless the format is DIRECTORY")
    @Schema(hidden = true)
    @com.fasterxml.jackson.annotation.JsonIgnore
    public boolean isJobsPossible() {
        return jobs == 1 || format == DumpRequest.Format.DIRECTORY;
    }

    @AssertTrue(
            message =
                    "engine: PG_BASEBACKUP and PGBACKREST take the whole server: leave out databases, schemaOnly, format and jobs")
    @Schema(hidden = true)
    @com.fasterxml.jackson.annotation.JsonIgnore
    public boolean isEngineFitting() {
        return engine == Backup.Engine.PG_DUMP || databases.isEmpty() && !schemaOnly && format == null && jobs == 1;
    }

    @AssertTrue(message = "backupType: is for engine PGBACKREST alone")
    @Schema(hidden = true)
    @com.fasterxml.jackson.annotation.JsonIgnore
    public boolean isTypeFitting() {
        return engine == Backup.Engine.PGBACKREST || backupType == null;
    }

    /** What was stored. */
    @Schema(description = "The backup that was taken.")
    public record TakeBackupResult(
            UUID backup, String repository, List<String> databases, long sizeBytes, int files, Confidence confidence) {}
}
