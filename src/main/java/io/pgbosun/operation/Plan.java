package io.pgbosun.operation;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What an operation would do, with today's facts. Making it changes nothing.
 *
 * @param digest over what the plan rests on; an operation started with it is refused when that has changed
 */
@Schema(description = "What an operation would do, with today's facts; nothing has been changed.")
public record Plan(
        String kind,
        String target,
        Risk risk,
        CancelEffect cancelEffect,
        boolean needsApproval,
        List<PlannedStep> steps,
        List<Checks.Check> checks,
        BlastRadius blastRadius,

        @Schema(
                description =
                        "Start the operation with this planDigest to have it refused when the facts have changed.")
        String digest) {

    /** What a step is to the world. */
    public enum Effect {
        READ,
        CHANGE,
        WAIT,
        POINT_OF_NO_RETURN
    }

    /**
     * One step.
     *
     * @param name as it will be journalled
     * @param alreadySo whether there is nothing to do
     * @param undoneOnFailure whether a later failure takes it back
     */
    @Schema(name = "PlannedStep", description = "One step of a plan, in order.")
    public record PlannedStep(String name, Effect effect, boolean alreadySo, boolean undoneOnFailure) {}

    /**
     * What will be touched.
     *
     * @param locks taken in the databases
     * @param diskBytes needed, as far as known
     */
    @Schema(name = "BlastRadius", description = "What will be touched: locks taken and disk space needed.")
    public record BlastRadius(List<String> locks, long diskBytes) {}
}
