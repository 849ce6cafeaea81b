package io.pgbosun.failover;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Fails over a scratch copy of a cluster and measures what it costs; the cluster itself is not touched. */
@Schema(
        description =
                "Fails over a scratch copy of a cluster and measures what it costs; the cluster itself is not touched.")
@OperationKind(
        name = "failover-drill",
        summary =
                "Fails over a scratch copy of a cluster and measures what it costs; the cluster itself is not touched.",
        permission = Permission.DRILL_CREATE,
        risk = Risk.LOW,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.NONE,
        timeoutMinutes = 24 * 60)
public record RunFailoverDrill(
        @Min(1)
        @Max(600)
        @Schema(description = "How long the copy is written to before its primary is killed; 5 when left out.")
        Integer writeSeconds,

        @Schema(
                description =
                        "Whether commits wait for the standby, so that none that was acknowledged may be lost; false when left out.")
        Boolean synchronous,

        @DecimalMin("0")
        @DecimalMax("86400")
        @Schema(description = "It fails when no write is taken for longer; any time is good when left out.")
        Double maxWithoutWritesSeconds,

        @Min(0) @Schema(description = "It fails when more rows are lost; any loss is good when left out.")
        Long maxLostRows)
        implements OperationSpec {

    public RunFailoverDrill {
        writeSeconds = writeSeconds == null ? 5 : writeSeconds;
        synchronous = synchronous != null && synchronous;
    }

    /** What the drill showed. */
    @Schema(description = "What the drill showed.")
    public record RunFailoverDrillResult(FailoverDrill drill) {}
}
