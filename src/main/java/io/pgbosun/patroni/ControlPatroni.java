package io.pgbosun.patroni;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Puts a cluster of Patroni into maintenance mode, in which nobody fails over by itself, or ends it. */
@Schema(
        description =
                "Puts a cluster of Patroni into maintenance mode, in which nobody fails over by itself, or ends it.")
@OperationKind(
        name = "control-patroni",
        summary = "Puts a cluster of Patroni into maintenance mode, in which nobody fails over by itself, or ends it.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.MEDIUM,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.SHARED,
        timeoutMinutes = 5,
        checkedOnAccept = true)
public record ControlPatroni(@NotNull Action action) implements OperationSpec {
    /** What is done, in the words of patronictl. */
    @Schema(name = "PatroniAction")
    public enum Action {
        /** Patroni looks on and fails over nobody. */
        PAUSE,
        /** It decides again. */
        RESUME
    }

    /** How it is now. */
    @Schema(description = "How it is now.")
    public record ControlPatroniResult(boolean paused) {}
}
