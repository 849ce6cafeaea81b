package io.pgbosun.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The judge after a scenario: asks a running service for its diagnosis, and wants every invariant to hold. In the end of
 * a test: {@code new Oracle(service).refuseFindings()}.
 */
final class Oracle {
    /** Processes and sessions of what has just ended take a moment to go. */
    private static final Duration SETTLED = Duration.ofSeconds(20);

    private static final int INVARIANTS = 9;

    private final Service service;

    Oracle(Service service) {
        this.service = service;
    }

    /** Fails when any invariant has a finding. */
    void refuseFindings() {
        refuseFindings(Set.of());
    }

    /**
     * Fails when any invariant has a finding, but for those about what the scenario itself leaves.
     *
     * @param tolerated subjects of findings, such as {@code operations/<id>} of one that is stuck
     */
    void refuseFindings(Set<String> tolerated) {
        Eventually.until(
                () -> "the oracle finds nothing, but " + findings(tolerated),
                SETTLED,
                Duration.ofMillis(500),
                () -> findings(tolerated).isEmpty());
    }

    private List<String> findings(Set<String> tolerated) {
        var answer = service.rest().get("/v1/diagnosis");
        if (answer.status() != 200) {
            return List.of(answer.toString());
        }
        var found = new ArrayList<String>();
        var checks = answer.json().<Map<String, Object>>getList("checks");
        if (checks.size() != INVARIANTS) {
            found.add(checks.size() + " invariants were examined");
        }
        for (var check : checks) {
            for (var finding : (List<?>) check.get("findings")) {
                if (!tolerated.contains(((Map<?, ?>) finding).get("subject"))) {
                    found.add(check.get("id") + " " + finding);
                }
            }
        }
        return found;
    }
}
