package io.pgbosun.backup;

import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Names;
import io.pgbosun.host.ArchiveMethod;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Has a cluster archive its WAL into a repository, and waits until the first segment has arrived there. */
@Schema(description = "Has a cluster archive its WAL into a repository, and waits until the first segment is there.")
@OperationKind(
        name = "enable-archiving",
        summary = "Has a cluster archive its WAL into a repository, and waits until the first segment is there.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.MEDIUM,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 60,
        checkedOnAccept = true)
public record EnableArchiving(
        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(description = "Where to, a repository of type FILESYSTEM; 'default' when left out.")
        String repository,

        @Schema(
                description =
                        "Whether the instances may be restarted, one after the other, where archive_mode is off. Risk HIGH.")
        Boolean restart,

        @Min(0)
        @Max(86_400)
        @Schema(
                description =
                        "archive_timeout: after how long a segment that is not full is archived, which bounds what a loss of the primary loses. 300 when left out, 0 for never.")
        Integer timeoutSeconds,

        @Schema(
                description =
                        "SCRIPT stores segments as they are; PGBACKREST has pgBackRest store them, for backups of engine PGBACKREST. SCRIPT when left out.")
        ArchiveMethod method)
        implements OperationSpec {

    public EnableArchiving {
        repository = repository == null ? "default" : repository;
        restart = restart != null && restart;
        method = method == null ? ArchiveMethod.SCRIPT : method;
        timeoutSeconds = timeoutSeconds == null ? 300 : timeoutSeconds;
    }

    @Override
    public Risk risk(Risk declared) {
        return restart ? Risk.HIGH : declared;
    }

    /** Where the WAL goes now. */
    @Schema(description = "Where the WAL goes now.")
    public record EnableArchivingResult(
            String cluster,
            String repository,
            String directory,

            @Schema(description = "The first segment that has arrived.")
            String firstSegment,

            @Schema(description = "The instances that were restarted, in this order.")
            List<String> restarted) {}
}
