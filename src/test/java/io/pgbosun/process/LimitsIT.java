package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.OperationsGrpc;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.v1.OperationsExtraServiceGrpc;
import io.pgbosun.v1.WatchOperationRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every limit is hit: the documented code comes, others are not hurt, and the service goes on within its memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsIT {
    private static final int PER_SECOND = 50;
    private static final int WATCHERS = 6;
    private static final int IN_WORK = 4;
    private static final int CONNECTIONS = 60;
    private static final String LATER = "/v1/clusters/limited/maintenance/no-op?startTime=2100-01-01T00:00:00Z";
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final long MOST_HEAP_BYTES = 100L << 20;

    private final Path folder = Service.newFolder();
    private final Scoreboard board = Scoreboard.of("S6", "each limit hit, over REST and gRPC");
    private Service working;
    private Service service;
    private String operation;
    private ManagedChannel channel;

    @BeforeAll
    void start() {
        working = Service.first(folder, "api,worker");
        working.rest().provision("limited", 1);
        working.kill(); // with the control database left running
        service = working.beside(
                "two",
                "api",
                Map.of(
                        "PGBOSUN_REQUESTS_PER_SECOND", String.valueOf(PER_SECOND),
                        "PGBOSUN_WATCHERS", String.valueOf(WATCHERS),
                        "PGBOSUN_REQUESTS_IN_WORK", String.valueOf(IN_WORK),
                        "PGBOSUN_HTTP_CONNECTIONS", String.valueOf(CONNECTIONS)));
        operation = service.rest().post(LATER, "{}").started();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", service.port())
                .usePlaintext()
                .build();
    }

    @AfterAll
    void stop() {
        var heap = Heap.afterCollection(service.pid());
        channel.shutdownNow();
        assertTrue(heap < MOST_HEAP_BYTES, "the heap holds " + heap);
        assertTrue(!service.log().contains("OutOfMemoryError"), service.log());
        Service.clear(folder, service);
        board.show();
    }

    private Rest as(String principal) {
        return service.rest()
                .with(service.rest()
                        .post("/v1/tokens", "{'principal':'%s','grants':[{'role':'ADMIN'}]}".formatted(principal))
                        .json()
                        .getString("value"));
    }

    private void problem(int status, String type, Rest.Answer answer) {
        assertEquals(status, answer.status(), answer.toString());
        assertEquals("application/problem+json", answer.header("Content-Type").orElse(""));
        assertEquals("urn:pgbosun:problem:" + type, answer.json().getString("type"));
        assertEquals(status, answer.json().getInt("status"));
        if (status == 429 || status == 503) {
            assertTrue(Integer.parseInt(answer.header("Retry-After").orElseThrow()) >= 1);
        }
    }

    @Test
    void what_is_too_large_is_told_so() {
        board.run(() -> {
            var api = service.rest();
            problem(413, "too-large", api.post("/v1/clusters", "{'name':'" + "x".repeat(1 << 20) + "'}"));
            problem(414, "too-large", api.get("/v1/operations?kind=" + "x".repeat(9_000)));
            problem(431, "too-large", api.with("x".repeat(17_000)).get("/v1/operations"));
            var chunked = "POST /v1/clusters HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + service.token()
                    + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
            var chunk = "10000\r\n" + " ".repeat(65_536) + "\r\n";
            try (var wire = new Wire(service.port())) {
                var answer = wire.send((chunked + chunk.repeat(17)).getBytes(StandardCharsets.US_ASCII));
                assertEquals(413, answer.status(), answer.toString());
            }
        });
    }

    @Test
    void what_is_too_deep_or_too_long_is_told_so() {
        board.run(() -> {
            for (var body : List.of(
                    "[".repeat(33),
                    "{'labels':{'a':" + "{'a':".repeat(33) + "1" + "}".repeat(35),
                    "{'principal':'" + "x".repeat(100_001) + "'}",
                    "{'expiresInDays':" + "9".repeat(101) + "}",
                    "{'" + "n".repeat(1_001) + "':1}")) {
                problem(400, "invalid", service.rest().post("/v1/tokens", body));
            }
        });
    }

    @Test
    void a_page_is_never_larger_than_five_hundred() {
        board.run(() -> {
            for (var more = 0; more < 60; more++) {
                working.store()
                        .value(
                                "insert into operation_event (operation, number, type) select ?::uuid, 100000 + g, 'PROGRESS' from generate_series(?, ?) g returning number",
                                operation,
                                10 * more,
                                10 * more + 9);
            }
            assertEquals(
                    500,
                    service.rest()
                            .get("/v1/operations/" + operation + "/events")
                            .json()
                            .getList("items")
                            .size());
            assertEquals(
                    200, service.rest().get("/v1/operations?pageSize=1000000").status());
            problem(400, "invalid", service.rest().get("/v1/operations?pageSize=-1"));
        });
    }

    @Test
    void who_sends_too_much_is_slowed_down_through_every_door_and_nobody_else() {
        board.run(() -> {
            var eager = as("eager");
            var other = as("other");
            var answer = eager.get("/v1/hosts");
            assertEquals("100", answer.header("RateLimit-Limit").orElseThrow());
            var refused = 0;
            for (var i = 0; i < 3_000 && refused == 0; i++) {
                answer = eager.get("/v1/hosts");
                refused = answer.status() == 429 ? 1 : 0;
            }
            problem(429, "too-many", answer);
            assertEquals("0", answer.header("RateLimit-Remaining").orElseThrow());
            assertEquals(200, other.get("/v1/hosts").status());
            Eventually.until(
                    "a moment later more may be sent",
                    SOON,
                    () -> eager.get("/v1/hosts").status() == 200);
            var status = refusedByGrpc(eager.token());
            assertEquals(Status.Code.RESOURCE_EXHAUSTED.value(), status.getCode());
            assertTrue(
                    status.getDetailsList().stream().anyMatch(detail -> detail.is(RetryInfo.class)), status.toString());
            assertTrue(
                    status.getDetailsList().stream().anyMatch(detail -> detail.is(ErrorInfo.class)), status.toString());
        });
    }

    private com.google.rpc.Status refusedByGrpc(String token) {
        for (var i = 0; i < 5_000; i++) {
            try {
                OperationsGrpc.newBlockingStub(with(token))
                        .listOperations(ListOperationsRequest.newBuilder()
                                .setPageSize(1)
                                .build());
            } catch (StatusRuntimeException e) {
                return StatusProto.fromThrowable(e);
            }
        }
        throw new AssertionError("gRPC has no limit");
    }

    private io.grpc.Channel with(String token) {
        var headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Test
    void who_guesses_tokens_is_slowed_down_and_who_has_one_is_not() {
        board.run(() -> {
            var stranger = service.rest().with("pgb_01939c2e-5b7c-7d42-a7b0-3d5c2f1e8a90_x");
            Eventually.until(
                    "a guesser is told to slow down",
                    SOON,
                    () -> stranger.get("/v1/hosts").status() == 429);
            problem(429, "too-many", stranger.get("/v1/hosts"));
            assertEquals(200, as("known").get("/v1/hosts").status());
        });
    }

    @Test
    void watchers_have_a_bound_for_one_principal_and_for_all() {
        board.run(() -> {
            var path = "/v1/operations/" + operation + "/watch?after=200000";
            var streams = new ArrayList<Socket>();
            for (var i = 0; i < WATCHERS / 2; i++) {
                streams.add(watch(as("watcher").token(), path));
            }
            problem(429, "too-many", as("watcher").get(path));
            problem(429, "too-many", as("watcher").get("/v1/operations/" + operation + "?wait=30s"));
            assertEquals(200, as("watcher").get("/v1/operations/" + operation).status());
            for (var i = 0; i < WATCHERS / 2; i++) {
                streams.add(watch(as("another").token(), path));
            }
            problem(429, "too-many", as("third").get(path));
            var refused = Assertions.assertThrows(
                    StatusRuntimeException.class,
                    () -> OperationsExtraServiceGrpc.newBlockingStub(
                                    with(as("third").token()))
                            .watchOperation(WatchOperationRequest.newBuilder()
                                    .setName("operations/" + operation)
                                    .build())
                            .hasNext());
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
            for (var stream : streams) {
                stream.close();
            }
            Eventually.until("places of watchers that went are free again", SOON, () -> {
                var answer = as("third").get("/v1/operations/" + operation + "?wait=1s");
                return answer.status() == 200;
            });
        });
    }

    /** Begins a stream and waits until it has begun. */
    private Socket watch(String token, String path) throws IOException {
        var socket = new Socket("127.0.0.1", service.port());
        socket.getOutputStream()
                .write("GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nLast-Event-ID: 0\r\n\r\n"
                        .formatted(path, token)
                        .getBytes(StandardCharsets.US_ASCII));
        assertEquals("HTTP/1.1 200", new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void when_the_places_of_starts_are_taken_reading_goes_on_and_starts_are_told_to_come_again() {
        board.run(() -> {
            try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                var register =
                        "{'name':'silent','register':{'instances':[{'address':'127.0.0.1','port':%d}],'username':'x'}}"
                                .formatted(silent.getLocalPort());
                var held = new ArrayList<Thread>();
                for (var i = 0; i < IN_WORK / 2; i++) {
                    held.add(Thread.ofVirtual().start(() -> service.rest().post("/v1/clusters", register)));
                    silent.accept();
                }
                problem(503, "overloaded", service.rest().post("/v1/tokens", "{}"));
                assertEquals(200, service.rest().get("/v1/hosts").status());
                assertEquals(200, service.answers("/q/health/ready"));
                assertEquals(
                        422,
                        service.rest()
                                .post(
                                        "/v1/operations/" + operation + "/resolve",
                                        "{'resolution':'RETRY','evidence':'x'}")
                                .status());
            }
            Eventually.until(
                    "starts have places again",
                    SOON,
                    () -> service.rest().post("/v1/tokens", "{}").status() == 400);
        });
    }

    @Test
    void there_are_no_more_active_operations_than_allowed() {
        var active = service.rest()
                .get("/v1/operations?done=false&pageSize=500")
                .json()
                .getList("items")
                .size();
        var bounded = working.beside("three", "api", Map.of("PGBOSUN_OPERATIONS_ACTIVE", String.valueOf(active + 3)));
        try {
            board.run(() -> {
                var started = new HashMap<String, String>();
                var refused = new ArrayList<Rest.Answer>();
                Eventually.until("a start is refused", SOON, () -> {
                    var key = UUID.randomUUID().toString();
                    var answer = bounded.rest().post(LATER, "{}", key);
                    if (answer.status() == 202) {
                        started.put(key, answer.started());
                    } else {
                        refused.add(answer);
                    }
                    return !refused.isEmpty();
                });
                problem(429, "too-many", refused.getFirst());
                var known = started.entrySet().iterator().next();
                var again = bounded.rest().post(LATER, "{}", known.getKey());
                assertEquals(known.getValue(), again.started());
                started.values()
                        .forEach(id -> assertEquals(
                                200,
                                bounded.rest()
                                        .post("/v1/operations/" + id + "/cancel", "{}")
                                        .status()));
                Eventually.until(
                        "starts are taken again",
                        SOON,
                        () -> bounded.rest().post(LATER, "{}").status() == 202);
                assertTrue(bounded.rest().get("/q/metrics").toString().contains("pgbosun_requests_refused_total{why="));
            });
        } finally {
            bounded.kill();
        }
    }

    @Test
    void there_are_no_more_connections_than_allowed() {
        board.run(() -> {
            var open = new ArrayList<Wire>();
            var answered = 0;
            var request = "GET /q/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            for (var i = 0; i < CONNECTIONS + 20; i++) {
                var wire = new Wire(service.port());
                open.add(wire);
                try {
                    answered += wire.send(request).status() == 200 ? 1 : 0;
                } catch (java.io.UncheckedIOException e) {
                    break; // closed at once
                }
            }
            open.forEach(Wire::close);
            assertTrue(answered > CONNECTIONS / 2 && answered <= CONNECTIONS, answered + " connections were answered");
            Eventually.until("connections are free again", SOON, () -> service.answers("/q/health/live") == 200);
        });
    }
}
