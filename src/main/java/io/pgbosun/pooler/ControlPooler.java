package io.pgbosun.pooler;

import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Names;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Pauses, resumes, reconnects, reloads, disables or enables a pooler, or one of its databases. */
@Schema(description = "Pauses, resumes, reconnects, reloads, disables or enables a pooler, or one of its databases.")
@OperationKind(
        name = "control-pooler",
        summary = "Pauses, resumes, reconnects, reloads, disables or enables a pooler, or one of its databases.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.MEDIUM,
        cancel = CancelEffect.LEAVES_ARTIFACTS,
        lock = OperationKind.Lock.SHARED,
        timeoutMinutes = 60,
        checkedOnAccept = true)
public record ControlPooler(
        @NotNull
        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(description = "Which pooler of the cluster.")
        String pooler,

        @NotNull Action action,

        @Pattern(regexp = Names.IDENTIFIER, message = Names.IDENTIFIER_RULE)
        @Schema(description = "One of its databases; all that the pooler is registered with when left out.")
        String database,

        @Min(1)
        @Max(3600)
        @Schema(
                description =
                        "For how long PAUSE waits for transactions that run, before it is taken back; 30 when left out.")
        Integer timeoutSeconds)
        implements OperationSpec {
    private static final int USUAL_SECONDS = 30;

    public ControlPooler {
        timeoutSeconds = timeoutSeconds == null ? USUAL_SECONDS : timeoutSeconds;
    }

    /** What is done to it, in PgBouncer's words. */
    @Schema(name = "PoolerAction")
    public enum Action {
        /** New transactions wait, until it is resumed. */
        PAUSE,
        RESUME,
        /** Server connections are closed as soon as nobody uses them. */
        RECONNECT,
        /** The configuration is read again. */
        RELOAD,
        /** New clients are refused. */
        DISABLE,
        ENABLE
    }

    @Override
    public Risk risk(Risk declared) {
        return action == Action.PAUSE || action == Action.DISABLE ? Risk.HIGH : declared;
    }

    /** What it was done to. */
    @Schema(description = "What it was done to.")
    public record ControlPoolerResult(
            String pooler,

            @Schema(description = "Empty for RELOAD, which is of the whole pooler.")
            List<String> databases) {}
}
