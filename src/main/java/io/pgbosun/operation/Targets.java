package io.pgbosun.operation;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What the engine must know of the targets of one collection; answered by the feature that owns it. */
public interface Targets {
    /** Such as {@code clusters}. */
    String collection();

    /** What one of them is called, for messages. */
    String noun();

    /**
     * What policy says of a target.
     *
     * @param labels for grants
     * @param approvalFrom operations of this risk and above need approval by another person; null for none
     */
    record Facts(Map<String, String> labels, Risk approvalFrom) {}

    /** Empty when there is no such target. */
    Optional<Facts> find(Target target);

    /**
     * Ends sessions and processes that earlier runs of an operation have left on the target, before a new run acts.
     *
     * @param epoch of the new run
     */
    void endLeftovers(Target target, UUID operation, long epoch);
}
