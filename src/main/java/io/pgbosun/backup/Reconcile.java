package io.pgbosun.backup;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Compares the catalogue of backups with what a repository really holds, and takes in what others took with pgBackRest. */
@Schema(
        description =
                "Compares the catalogue of backups with what a repository really holds, and takes in what others took with pgBackRest.")
@OperationKind(
        name = "reconcile",
        summary =
                "Compares the catalogue of backups with what a repository really holds, and takes in what others took with pgBackRest.",
        permission = Permission.REPOSITORY_WRITE,
        risk = Risk.LOW,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.SHARED,
        target = "repositories",
        timeoutMinutes = 24 * 60)
public record Reconcile(
        @Schema(
                description =
                        "Reads no file, looks at manifests and at what pgBackRest knows alone; false when left out.")
        Boolean manifestsOnly)
        implements OperationSpec {

    public Reconcile {
        manifestsOnly = manifestsOnly != null && manifestsOnly;
    }

    /** What was compared, and what does not agree. */
    @Schema(description = "What was compared, and what does not agree.")
    public record ReconcileResult(
            String repository,

            @Schema(description = "Backups of the catalogue that were looked for.")
            int backups,

            @Schema(description = "Those of them that are as they were stored.")
            int whole,

            @Schema(description = "What does not agree, at most 1,000.")
            List<Disagreement> disagreements,

            @Schema(description = "Backups that others took with pgBackRest, which are in the catalogue from now on.")
            List<UUID> imported) {}

    /** One thing that does not agree. */
    @Schema(description = "One thing that does not agree.")
    public record Disagreement(
            @Schema(description = "The backup, whether or not it is in the catalogue.")
            UUID backup,

            Finding finding,

            @Schema(description = "Which file, when it is one.")
            String path,

            @Schema(description = "What was found in its place.")
            String found) {}

    /** What is wrong. */
    @Schema(name = "ReconcileFinding")
    public enum Finding {
        /** In the catalogue and not in the repository. */
        MISSING,
        /** Not what was stored. */
        ALTERED,
        /** A backup in the repository that the catalogue does not know. */
        UNKNOWN,
        /** A part of a backup that nobody takes any more. */
        LEFT_OVER
    }
}
