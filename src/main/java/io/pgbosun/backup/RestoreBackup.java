package io.pgbosun.backup;

import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Names;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.LockRequest;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import io.pgbosun.operation.Target;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Restores a database of a backup into a new database aside; on request swaps it in by rename and keeps the old one. */
@Schema(
        description =
                "Restores a database of a backup into a new database aside; on request swaps it in by rename and keeps the old one.")
@OperationKind(
        name = "restore",
        summary =
                "Restores a database of a backup into a new database aside; on request swaps it in by rename and keeps the old one.",
        permission = Permission.RESTORE_CREATE,
        risk = Risk.MEDIUM,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.SHARED,
        timeoutMinutes = 24 * 60,
        checkedOnAccept = true)
public record RestoreBackup(
        @NotNull @Schema(description = "Of this cluster or of another one.")
        UUID backup,

        @NotNull
        @Pattern(regexp = Names.IDENTIFIER, message = Names.IDENTIFIER_RULE)
        @Schema(description = "The database in the backup.")
        String database,

        @Pattern(
                regexp = "[^\\x00-\\x1F\\x7F]{1,50}",
                message = "must be 1 to 50 characters without control characters")
        @Schema(description = "The name of the new database; the database's name and the time when left out.")
        String into,

        @Size(max = 100) @Schema(description = "Only these tables; all when left out.")
        List<@NotNull @Pattern(regexp = Names.QUALIFIED, message = Names.QUALIFIED_RULE) String> tables,

        @Schema(
                description =
                        "When restored, rename the existing database away (it is kept) and the new one into its place. Risk HIGH.")
        Boolean swap,

        @Schema(description = "Restore owners and privileges; true when left out.")
        Boolean owners,

        @Min(1) @Max(16) @Schema(description = "Parallel workers; 2 when left out.")
        Integer jobs,

        @Size(max = 100)
        @Schema(
                description =
                        "Statements for the new database, such as masking, each a string of them separated by semicolons: all must have succeeded before anybody else may connect to it; one may be run again when a service dies in it.")
        List<@NotNull @Size(min = 1, max = 100_000) String> scripts)
        implements OperationSpec {

    public RestoreBackup {
        tables = tables == null ? List.of() : List.copyOf(tables);
        swap = swap != null && swap;
        owners = owners == null || owners;
        jobs = jobs == null ? 2 : jobs;
        scripts = scripts == null ? List.of() : List.copyOf(scripts);
    }

    @Override
    public Risk risk(Risk declared) {
        return swap ? Risk.HIGH : declared;
    }

    @Override
    public List<LockRequest> locks(Target target, OperationKind.Lock declared) {
        return List.of(
                new LockRequest(target.toString(), false), new LockRequest(target + "/databases/" + database, true));
    }

    /** What was restored to where. */
    @Schema(description = "What was restored to where.")
    public record RestoreBackupResult(
            String cluster,

            @Schema(description = "The database that now holds what was restored.")
            String database,

            @Schema(description = "Where the database that was there before is kept, when swapped.")
            String keptAs,

            int tables) {}
}
