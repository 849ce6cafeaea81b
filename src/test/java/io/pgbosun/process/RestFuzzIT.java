package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.fire.Seed;
import io.pgbosun.problem.ProblemType;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Generated requests over the whole REST contract: no bug, no word of our insides, every refusal a documented problem. */
class RestFuzzIT {
    private static final int REQUESTS = Scoreboard.size(6_000, 60_000);
    private static final int LANES = 8;
    private static final int WARM_UP = 1_000;
    private static final long MOST_GROWTH_BYTES = 24L << 20;
    private static final Map<String, Integer> TYPES =
            Arrays.stream(ProblemType.values()).collect(Collectors.toMap(ProblemType::uri, type -> type.httpStatus));
    /** The framework's answers to what is no HTTP it understands; they have no body. */
    private static final Set<Integer> BELOW_THE_CONTRACT = Set.of(400, 501);

    /** What is no path, or one that leads out of the contract. */
    private static final java.util.regex.Pattern NO_PATH =
            java.util.regex.Pattern.compile("\\w+ (\\*|/v1/%2e%2e/q/metrics) .*", java.util.regex.Pattern.DOTALL);

    private final Findings findings = new Findings();
    private final Seed seed = Seed.of(RestFuzzIT.class);

    @Test
    void whatever_is_sent_the_answer_is_one_of_the_contract()
            throws IOException, InterruptedException, ExecutionException {
        try (var world = new FuzzWorld()) {
            var document = new ObjectMapper()
                    .readTree(world.answering
                            .rest()
                            .get("/q/openapi?format=json")
                            .response()
                            .body());
            var fuzz = new RestFuzz(document, world.known);
            send(world, fuzz, 0, WARM_UP);
            var before = world.heapBytes();
            send(world, fuzz, WARM_UP, REQUESTS);
            var after = world.heapBytes();
            System.out.printf(
                    "REST fuzz: %d requests over %d routes, seed %d, heap %d -> %d bytes, answers %s%n",
                    findings.total(), fuzz.routes(), seed.value(), before, after, findings.counts());
            findings.refuseAny(world.answering.log());
            assertEquals(REQUESTS, findings.total());
            assertTrue(after - before < MOST_GROWTH_BYTES, "the heap has grown from " + before + " to " + after);
            Scoreboard board = Scoreboard.of("S3", "REST, " + fuzz.routes() + " routes, seed " + seed.value());
            board.count(findings.total());
            board.passed(findings.total());
            board.show();
        }
    }

    private void send(FuzzWorld world, RestFuzz fuzz, int from, int to)
            throws InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            FuzzWorld.lanes(threads, LANES, lane -> {
                try (var wire = new Wire(world.answering.port())) {
                    for (var number = from + lane; number < to; number += LANES) {
                        one(wire, fuzz.request(number, seed.random(number)), number);
                    }
                }
            });
        }
    }

    private void one(Wire wire, RestFuzz.Request request, int number) {
        var shown = "request " + number + ": " + request;
        try {
            var answer = wire.send(request.bytes());
            findings.count(String.valueOf(answer.status()));
            judge(request, shown, answer);
        } catch (RuntimeException e) {
            findings.count("no answer");
            findings.wrong("no answer " + route(request), shown, String.valueOf(e));
            wire.close();
        }
    }

    private static String route(RestFuzz.Request request) {
        return request.toString().split("[ ?]", 3)[1].replaceAll("/[^/]{20,}", "/…");
    }

    private void judge(RestFuzz.Request request, String shown, Wire.Answer answer) {
        var told = answer.status() + " " + answer.headers() + " " + answer.body();
        if (answer.status() == 500) {
            findings.wrong("bug " + route(request), shown, told);
        } else if (!NO_PATH.matcher(request.toString()).matches()) {
            if (answer.status() >= 400 && !request.toString().startsWith("HEAD") && !documented(answer)) {
                findings.wrong("no problem " + answer.status() + " " + route(request), shown, told);
            } else if (answer.status() < 300 && request.refused()) {
                findings.wrong("taken " + route(request), shown, told);
            }
        }
        if (answer.status() >= 400 && Findings.inside(answer.body())) {
            findings.wrong("insides " + route(request), shown, told);
        }
    }

    private static boolean documented(Wire.Answer answer) {
        if (BELOW_THE_CONTRACT.contains(answer.status()) && answer.body().isEmpty()) {
            return true;
        }
        if (!answer.problem()) {
            return false;
        }
        var type = io.restassured.path.json.JsonPath.from(answer.body()).getString("type");
        var status = TYPES.get(type);
        return status != null
                && (status == answer.status()
                        || (type.equals(ProblemType.TOO_LARGE.uri())
                                && Set.of(414, 431).contains(answer.status())));
    }
}
