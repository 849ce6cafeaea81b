package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Measures steps by the times of their events, which are the service's own and right also when they are read late. */
final class StepClock {
    private final Map<String, Instant> begun = new HashMap<>();
    private Instant previous;

    /** How long the step took that this event ends; zero for any other event. */
    Duration took(JsonNode event) {
        var at = Instant.parse(event.path("at").asText());
        var before = previous == null ? at : previous;
        previous = at;
        if (!event.path("type").asText().equals("STEP")) {
            return Duration.ZERO;
        }
        var step = event.path("data").path("step").asText();
        if (event.path("data").path("state").asText().equals("INTENT")) {
            begun.put(step, at);
            return Duration.ZERO;
        }
        var from = begun.remove(step);
        return Duration.between(from == null ? before : from, at);
    }
}
