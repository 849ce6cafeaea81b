package io.pgbosun.cli;

import static io.pgbosun.cli.StubApi.cutEvents;
import static io.pgbosun.cli.StubApi.event;
import static io.pgbosun.cli.StubApi.eventJson;
import static io.pgbosun.cli.StubApi.events;
import static io.pgbosun.cli.StubApi.json;
import static io.pgbosun.cli.StubApi.lost;
import static io.pgbosun.cli.StubApi.operation;
import static io.pgbosun.cli.StubApi.problem;
import static io.pgbosun.cli.StubApi.step;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FollowTest {
    private static final String WATCH = "GET /v1/operations/op-1/watch";
    private static final String GET = "GET /v1/operations/op-1";
    private static final String EVENTS = "GET /v1/operations/op-1/events";
    private static final String NONE = "{\"items\":[]}";

    private final List<Long> shown = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private StubApi api;

    @BeforeEach
    void start() throws IOException {
        api = new StubApi();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private JsonNode follow() {
        var display = new Display() {
            @Override
            public void show(JsonNode event) {
                shown.add(event.path("number").asLong());
            }

            @Override
            public void say(String line) {
                said.add(line);
            }
        };
        var client = new Api(Settings.of(Map.of("PGBOSUN_URL", api.url(), "PGBOSUN_TOKEN", "t")), 1);
        return new Follow(client, display, "op-1", Duration.ofSeconds(5)).untilEnd();
    }

    @Test
    void a_cut_stream_goes_on_after_the_last_event_without_loss_or_repeat() {
        var one = step(1, "a", "INTENT");
        var two = step(2, "a", "DONE");
        var three = step(3, "b", "DONE");
        var four = event(4, "STATE", "{\"state\":\"SUCCEEDED\"}");
        api.on(WATCH, cutEvents(one, two, three.substring(0, 40)), events(two, three, four));
        api.on(GET, operation("RUNNING", ""), operation("SUCCEEDED", ""));
        api.on(EVENTS, json(200, NONE));

        assertEquals("SUCCEEDED", OperationPage.state(follow()));

        assertEquals(List.of(1L, 2L, 3L, 4L), shown);
        assertEquals("2", api.asked(WATCH).get(1).lastEventId());
        assertEquals(null, api.asked(WATCH).get(0).lastEventId());
    }

    @Test
    void without_a_stream_it_asks_and_still_shows_every_event_once() {
        api.on(WATCH, problem(502, "x", "Bad gateway", "A proxy does not like streams."));
        api.on(
                GET,
                operation("RUNNING", ""),
                operation("RUNNING", ""),
                operation("RUNNING", ""),
                operation("SUCCEEDED", ""));
        var first = "{\"items\":[%s]}".formatted(eventJson(1, "STATE", "{\"state\":\"RUNNING\"}"));
        var second = "{\"items\":[%s]}".formatted(eventJson(2, "STEP", "{\"step\":\"a\",\"state\":\"DONE\"}"));
        api.on(EVENTS, json(200, first), json(200, second), json(200, NONE));

        follow();

        assertEquals(List.of(1L, 2L), shown);
        assertEquals(3, api.asked(WATCH).size());
        assertTrue(api.asked(GET).getLast().query().contains("wait="));
        assertEquals("after=0", api.asked(EVENTS).getFirst().query());
        assertEquals("after=2", api.asked(EVENTS).getLast().query());
    }

    @Test
    void a_service_that_is_away_for_a_moment_is_waited_for() {
        api.on(WATCH, lost());
        api.on(
                GET,
                lost(),
                problem(503, "unreachable", "A server cannot be reached", "Later."),
                operation("SUCCEEDED", ""));
        api.on(EVENTS, json(200, NONE));

        assertEquals("SUCCEEDED", OperationPage.state(follow()));

        assertEquals(List.of("the service does not answer; trying again for 5.0 s"), said);
    }

    @Test
    void an_operation_that_is_stuck_is_not_waited_for() {
        api.on(WATCH, events(event(1, "STATE", "{\"state\":\"STUCK\",\"reason\":\"unknown\"}")));
        api.on(GET, operation("STUCK", ""));
        api.on(EVENTS, json(200, NONE));

        assertEquals("STUCK", OperationPage.state(follow()));
    }

    @Test
    void one_that_may_not_be_seen_is_refused_at_once() {
        api.on(WATCH, problem(404, "not-found", "There is no such thing", "No."));
        api.on(GET, problem(404, "not-found", "There is no such thing", "No."));

        assertEquals(404, assertThrows(Refused.class, this::follow).status());
    }
}
