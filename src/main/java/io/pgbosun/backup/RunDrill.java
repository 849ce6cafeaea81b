package io.pgbosun.backup;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Restores a backup into a scratch instance, asserts on what is there, measures, and always cleans up. */
@Schema(
        description =
                "Restores a backup into a scratch instance, asserts on what is there, measures, and always cleans up.")
@OperationKind(
        name = "drill",
        summary =
                "Restores a backup into a scratch instance, asserts on what is there, measures, and always cleans up.",
        permission = Permission.DRILL_CREATE,
        risk = Risk.LOW,
        cancel = CancelEffect.POINT_OF_NO_RETURN,
        lock = OperationKind.Lock.NONE,
        timeoutMinutes = 24 * 60)
public record RunDrill(
        @Schema(description = "The backup to prove; the cluster's newest when left out.")
        UUID backup,

        @Size(max = 100) List<@Valid @NotNull Assertion> assertions,

        @Schema(
                description =
                        "Whether it fails when something is missing or much smaller than in the drill before that passed; true when left out.")
        Boolean compare,

        @Min(1)
        @Max(100)
        @Schema(
                description =
                        "By how much a database or a counted table may be smaller than in the drill before, in percent; 50 when left out.")
        Integer maxShrinkPercent)
        implements OperationSpec {

    public RunDrill {
        assertions = assertions == null ? List.of() : List.copyOf(assertions);
        compare = compare == null || compare;
        maxShrinkPercent = maxShrinkPercent == null ? 50 : maxShrinkPercent;
    }

    /** What the drill showed. */
    @Schema(description = "What the drill showed.")
    public record RunDrillResult(Drill drill, Confidence confidence) {}
}
