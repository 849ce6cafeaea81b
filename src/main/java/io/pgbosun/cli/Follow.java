package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/** Follows an operation to its end: by its event stream, and by asking when there is none. */
final class Follow {
    private static final Duration TICK = Duration.ofMillis(200);
    /** A connection may die without a sign: after so long without an event we make a new one. */
    private static final Duration QUIET = Duration.ofSeconds(30);

    private static final Duration EXPLAIN_AFTER = Duration.ofSeconds(2);
    private static final int CUTS_BEFORE_ASKING = 3;
    private static final long PAUSE_MILLIS = 300;

    private final Api api;
    private final Display display;
    private final String id;
    private final Duration patience;
    private long last;
    private int cuts;
    private boolean explained;

    Follow(Api api, Display display, String id) {
        this(api, display, id, Duration.ofMinutes(2));
    }

    /** @param patience how long the service may be away */
    Follow(Api api, Display display, String id, Duration patience) {
        this.api = api;
        this.display = display;
        this.id = id;
        this.patience = patience;
    }

    /** Answers the operation when it has ended, or is stuck and waits for a person. */
    JsonNode untilEnd() {
        while (true) {
            if (isStreaming()) {
                stream();
            }
            var operation = isStreaming() ? ask(null) : ask("2s");
            var settled = operation.path("done").asBoolean() || isStuck(operation);
            if (settled || !isStreaming()) {
                missedEvents();
            }
            if (settled) {
                return operation;
            }
        }
    }

    private boolean isStreaming() {
        return cuts < CUTS_BEFORE_ASKING;
    }

    private static boolean isStuck(JsonNode operation) {
        return operation.path("state").asText().equals("STUCK");
    }

    /** Reads the stream until it ends, is quiet for too long, or tells that the operation is stuck. */
    private void stream() {
        var quietSince = System.nanoTime();
        try (var stream = new EventStream(api, id, last)) {
            while (System.nanoTime() - quietSince < QUIET.toNanos()) {
                switch (stream.next(TICK)) {
                    case EventStream.Item.Nothing nothing -> quiet(quietSince);
                    case EventStream.Item.End end -> {
                        cut();
                        return;
                    }
                    case EventStream.Item.Event event -> {
                        quietSince = System.nanoTime();
                        if (tell(event.json())) {
                            cuts = 0;
                        }
                        if (isStuck(event.json().path("data"))) {
                            return;
                        }
                    }
                }
            }
        }
        keptBack();
    }

    /** Something between us and the service may hold events back: then asking is the better way. */
    private void keptBack() {
        var before = last;
        missedEvents();
        if (last > before) {
            cuts = CUTS_BEFORE_ASKING;
        }
    }

    private void quiet(long since) {
        display.tick();
        if (!explained && System.nanoTime() - since > EXPLAIN_AFTER.toNanos()) {
            explained = true;
            explain(ask(null));
        }
    }

    private void explain(JsonNode operation) {
        switch (operation.path("state").asText()) {
            case "QUEUED" -> {
                if (operation.path("blockedBy").isTextual()) {
                    display.say("waits for operation %s, which is in the way (%d ahead in line)"
                            .formatted(
                                    operation.path("blockedBy").asText(),
                                    operation.path("queuePosition").asInt()));
                }
            }
            case "AWAITING_APPROVAL" ->
                display.say("another person approves it with: %s operations approve %s --plan-digest %s"
                        .formatted(Cli.NAME, id, operation.path("planDigest").asText()));
            case "SCHEDULED" ->
                display.say("begins at " + Format.value("startTime", operation.path("startTime"))
                        + "; leave with Ctrl-C, it begins all the same");
            default -> {}
        }
    }

    /** A stream that gave nothing new counts against streaming; one that did was worth it. */
    private void cut() {
        cuts++;
        if (cuts > 1) {
            Api.pause(PAUSE_MILLIS);
        }
    }

    /** Answers whether it was new. */
    private boolean tell(JsonNode event) {
        var number = event.path("number").asLong();
        if (number <= last) {
            return false;
        }
        last = number;
        display.show(event);
        return true;
    }

    private void missedEvents() {
        while (true) {
            var before = last;
            for (var event : patiently(Call.get("operations", id, "events").with("after", last))
                    .path("items")) {
                tell(event);
            }
            if (last == before) {
                return;
            }
        }
    }

    private JsonNode ask(String wait) {
        return patiently(Call.get("operations", id).with("wait", wait));
    }

    /** The service may be away for a moment, for example to be updated; the operation goes on without us. */
    private JsonNode patiently(Call call) {
        var until = System.nanoTime() + patience.toNanos();
        for (var told = false; ; told = true) {
            try {
                return api.send(call);
            } catch (Unreachable | Refused e) {
                var passing = !(e instanceof Refused refused) || refused.isPassing();
                if (!passing || System.nanoTime() > until) {
                    throw e;
                }
            }
            if (!told) {
                display.say("the service does not answer; trying again for " + Format.duration(patience));
            }
            display.tick();
            Api.pause(PAUSE_MILLIS);
        }
    }
}
