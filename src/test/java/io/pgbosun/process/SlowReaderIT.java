package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.v1.OperationEvent;
import io.pgbosun.v1.OperationsExtraServiceGrpc;
import io.pgbosun.v1.WatchOperationRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A watcher that reads nothing is cut off after half a minute, and what it would read is not kept for it meanwhile. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowReaderIT {
    private static final Duration CUT = Duration.ofSeconds(120);
    private static final int EVENTS = 20_000;
    private static final int EVENT_BYTES = 4_000;
    private static final long MOST_HEAP_BYTES = 60L << 20;

    private final Path folder = Service.newFolder();
    private final Scoreboard board = Scoreboard.of("S6", "slow readers are cut");
    private Service service;
    private String operation;
    private String path;

    @BeforeAll
    void start() {
        service = Service.first(folder, "api,worker", Map.of("PGBOSUN_WATCHERS", "2"));
        service.rest().provision("watched", 1);
        operation = service.rest()
                .post("/v1/clusters/watched/maintenance/no-op?startTime=2100-01-01T00:00:00Z", "{}")
                .started();
        path = "/v1/operations/" + operation + "/watch";
        service.store().value("""
                        with made as (insert into operation_event (operation, number, type, data)
                          select ?::uuid, 1000 + g, 'PROGRESS', jsonb_build_object('x', repeat('x', ?))
                          from generate_series(1, ?) g returning 1)
                        select count(*) from made""", operation, EVENT_BYTES, EVENTS);
    }

    @AfterAll
    void stop() {
        Service.clear(folder, service);
        board.show();
    }

    private void cut() {
        // half of two places is one for a principal: a wait finds none as long as the slow reader has it
        assertEquals(
                429,
                service.rest().get("/v1/operations/" + operation + "?wait=1s").status());
        var heap = Heap.afterCollection(service.pid());
        assertTrue(heap < MOST_HEAP_BYTES, "for one slow reader the heap holds " + heap);
        Eventually.until(
                "the slow reader is cut off",
                CUT,
                () -> service.rest()
                                .get("/v1/operations/" + operation + "?wait=1s")
                                .status()
                        == 200);
    }

    @Test
    void one_that_reads_nothing_of_a_stream_of_events_is_cut_off() {
        board.run(() -> {
            try (var socket = new Socket()) {
                socket.setReceiveBufferSize(4_096);
                socket.connect(new InetSocketAddress("127.0.0.1", service.port()));
                request(socket);
                assertEquals(
                        "HTTP/1.1 200", new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII));
                cut();
            }
        });
    }

    private void request(Socket socket) throws IOException {
        socket.getOutputStream()
                .write("GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
                        .formatted(path, service.token())
                        .getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void one_that_asks_for_nothing_of_a_grpc_stream_is_cut_off() {
        var channel = NettyChannelBuilder.forAddress("127.0.0.1", service.port())
                .usePlaintext()
                .build();
        var headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + service.token());
        var slow = new SlowReader();
        board.run(() -> {
            OperationsExtraServiceGrpc.newStub(
                            ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)))
                    .watchOperation(
                            WatchOperationRequest.newBuilder()
                                    .setName("operations/" + operation)
                                    .build(),
                            slow);
            Eventually.until("the stream has begun", CUT, () -> slow.begun);
            cut();
        });
        channel.shutdownNow();
    }

    /** Takes one event and asks for no other. */
    private static final class SlowReader implements ClientResponseObserver<WatchOperationRequest, OperationEvent> {
        private volatile boolean begun;

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchOperationRequest> call) {
            call.disableAutoRequestWithInitial(1);
        }

        @Override
        public void onNext(OperationEvent event) {
            begun = true;
        }

        @Override
        public void onError(Throwable e) {
            begun = true;
        }

        @Override
        public void onCompleted() {
            begun = true;
        }
    }
}
