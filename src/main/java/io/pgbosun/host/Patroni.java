package io.pgbosun.host;

import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The REST API of the Patroni that runs beside each server of a cluster. Any of them answers for all.
 *
 * <p>Every method throws a {@code Problem}: {@code unreachable} when nobody answers, when the answer is lost and when it is
 * {@code 503} or another failure (what was ordered may have been done all the same: look who leads), {@code not-possible} with
 * Patroni's own words when it refuses, {@code too-slow} when it ran out of time (what was ordered may be done), {@code cancelled}
 * when the run was ended. An order is given once: to the leader when it must act on it, else to the first that tells of the
 * cluster, and to nobody else.
 *
 * <p>Source: Patroni's documentation, "Patroni REST API"; what is said here holds from 3.0 on.
 */
public interface Patroni {
    /** {@code GET /cluster}: the members as the DCS knows them. */
    PatroniCluster cluster();

    /**
     * {@code GET /history}: how each timeline but the first began, the oldest first. The leader writes it a moment after its
     * promotion, and others tell it as they last saw it: up to {@code loop_wait} late.
     */
    List<PatroniHistory> history();

    /** {@code GET /config}: the dynamic configuration in the DCS, as the one that answers last saw it: up to {@code loop_wait} ago. */
    Map<String, Object> config();

    /** {@code PATCH /config}: keys are merged, null removes one; answers all of it. */
    Map<String, Object> patchConfig(Map<String, Object> changes);

    /**
     * {@code POST /switchover}: answers when another one leads, which need not be the candidate.
     *
     * @param led looks whether the candidate leads: then Patroni, which may look a second later, is not waited for
     */
    void switchover(String leader, String candidate, BooleanSupplier led);

    /** {@code POST /failover}; the same. */
    void failover(String candidate, BooleanSupplier led);

    /**
     * {@code POST /restart} to one member; with {@code pending} only when a setting waits for it: {@code not-possible} when none does.
     * Answers when it is done.
     */
    void restart(PatroniMember member, boolean pending);

    /** {@code POST /reload} to one member, which reads its own file of configuration a moment later. */
    void reload(PatroniMember member);

    /**
     * {@code POST /reinitialize} to one member: its data are removed and copied anew, after the answer. {@code not-possible} for
     * the leader, without one, and while the member does something else.
     */
    void reinitialize(PatroniMember member);
}
