package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.v1.OperationsExtraServiceGrpc;
import io.pgbosun.v1.WatchOperationRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;

/** R12: many watchers through both doors; their service dies, and they go on at another where they were. */
@Isolated("it opens as many connections as it can")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchersIT {
    private static final int SSE = Scoreboard.size(100, 1000);
    private static final int GRPC = Scoreboard.size(20, 200);
    private static final int OPERATIONS = 8;

    private final Scoreboard board =
            Scoreboard.of("R12", SSE + " SSE and " + GRPC + " gRPC watchers, their service killed");
    private final Path folder = Service.newFolder();
    private final AtomicInteger reconnected = new AtomicInteger();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Service one;
    private Service two;
    private ManagedChannel channelOne;
    private ManagedChannel channelTwo;

    /** Takes the number of each event that comes after the one given, until the stream ends whole; else throws. */
    private interface Stream {
        void follow(Service service, String operation, long after, List<Long> seen)
                throws IOException, InterruptedException;
    }

    @BeforeAll
    void start() {
        two = Service.first(folder, "api,worker");
        two.rest().provision("watched", 1);
        one = two.beside("one", "api,worker");
        channelOne = channel(one);
        channelTwo = channel(two);
    }

    @AfterAll
    void clear() {
        board.show();
        channelOne.shutdownNow();
        channelTwo.shutdownNow();
        Service.clear(folder, one, two);
    }

    private static ManagedChannel channel(Service service) {
        return NettyChannelBuilder.forAddress("127.0.0.1", service.port())
                .usePlaintext()
                .build();
    }

    @Test
    void each_watcher_sees_each_event_once_and_in_order_though_its_service_dies()
            throws InterruptedException, ExecutionException {
        board.count(SSE + GRPC);
        var operations = new ArrayList<String>();
        for (int i = 0; i < OPERATIONS; i++) {
            operations.add(two.rest()
                    .post("/v1/clusters/watched/maintenance/no-op", "{'steps':20,'stepMillis':300}")
                    .started());
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var watchers = new ArrayList<Future<List<Long>>>();
            for (int i = 0; i < SSE + GRPC; i++) {
                var operation = operations.get(i % OPERATIONS);
                Stream stream = i < SSE ? this::sse : this::grpc;
                watchers.add(threads.submit(() -> watch(stream, operation)));
            }
            var store = two.store();
            Eventually.until(
                    "they are in the middle",
                    Duration.ofSeconds(60),
                    () -> store.number("select min(last_event) from operation where kind = 'no-op'") > 15);
            var killed = System.nanoTime();
            one.kill();
            Eventually.until(
                    "all operations end", // asked of the store: a service that 1,200 come back to may say 503
                    Duration.ofMinutes(3),
                    () -> store.number("select count(*) from operation where kind = 'no-op' and ended_at is null")
                            == 0);
            operations.forEach(two.rest()::succeeded);
            for (int i = 0; i < watchers.size(); i++) {
                assertWhole(operations.get(i % OPERATIONS), watchers.get(i).get());
            }
            board.recovered(Duration.ofNanos(System.nanoTime() - killed));
        }
        assertEquals(SSE + GRPC, reconnected.get(), "all of them were watching the service that died");
        new Oracle(two).refuseFindings();
        board.passed(SSE + GRPC);
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
    }

    private void assertWhole(String operation, List<Long> seen) {
        var last = two.store().number("select last_event from operation where id = ?::uuid", operation);
        assertEquals(LongStream.rangeClosed(1, last).boxed().toList(), seen);
    }

    /** At the one service, and when that dies at the other, after the last event that it has seen. */
    private List<Long> watch(Stream stream, String operation) throws InterruptedException {
        var seen = Collections.synchronizedList(new ArrayList<Long>());
        try {
            stream.follow(one, operation, 0, seen);
        } catch (IOException died) {
            reconnected.incrementAndGet();
            try {
                stream.follow(two, operation, seen.isEmpty() ? 0 : seen.getLast(), seen);
            } catch (IOException e) {
                throw new AssertionError("cut off by the service that lives", e);
            }
        }
        return seen;
    }

    private void sse(Service service, String operation, long after, List<Long> seen)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%d/v1/operations/%s/watch".formatted(service.port(), operation)))
                .header("Authorization", "Bearer " + service.token())
                .header("Accept", "text/event-stream")
                .header("Last-Event-ID", String.valueOf(after))
                .build();
        var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        while (response.statusCode() == 503) { // all come at once; each is told when to come again
            response.body().close();
            TimeUnit.SECONDS.sleep(
                    response.headers().firstValueAsLong("Retry-After").orElseThrow());
            response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        }
        assertEquals(200, response.statusCode());
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            long number = 0;
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id:")) {
                    number = Long.parseLong(line.substring(3).strip());
                } else if (line.isEmpty() && number > 0) {
                    seen.add(number); // only now is the event whole
                    number = 0;
                }
            }
        }
    }

    private void grpc(Service service, String operation, long after, List<Long> seen)
            throws IOException, InterruptedException {
        var headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + service.token());
        try {
            OperationsExtraServiceGrpc.newBlockingStub(service == one ? channelOne : channelTwo)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .watchOperation(WatchOperationRequest.newBuilder()
                            .setName("operations/" + operation)
                            .setAfter(after)
                            .build())
                    .forEachRemaining(event -> seen.add(event.getNumber()));
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.RESOURCE_EXHAUSTED) {
                throw new IOException(e);
            }
            TimeUnit.SECONDS.sleep(1);
            grpc(service, operation, seen.isEmpty() ? after : seen.getLast(), seen);
        }
    }
}
