package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.pgbosun.contract.Services;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.fire.Seed;
import io.pgbosun.problem.ProblemType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Generated calls over the whole gRPC contract: no bug, no word of our insides, every refusal a status with its reason. */
class GrpcFuzzIT {
    private static final int REQUESTS = Scoreboard.size(4_000, 40_000);
    private static final int LANES = 8;
    private static final int WARM_UP = 1_000;
    private static final int ANSWER_SECONDS = 60;
    private static final long MOST_GROWTH_BYTES = 24L << 20;
    private static final Set<String> REASONS =
            Arrays.stream(ProblemType.values()).map(Enum::name).collect(Collectors.toSet());
    /** What the framework answers before a call is ours: no such method, a message that is none or too large. */
    private static final Set<Status.Code> BELOW_THE_CONTRACT = Set.of(
            Status.Code.UNIMPLEMENTED,
            Status.Code.INVALID_ARGUMENT,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.INTERNAL);

    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private final Findings findings = new Findings();
    private final Seed seed = Seed.of(GrpcFuzzIT.class);

    @Test
    void whatever_is_sent_the_status_is_one_of_the_contract() throws InterruptedException, ExecutionException {
        try (var world = new FuzzWorld()) {
            var fuzz = new GrpcFuzz(Services.methods(), world.known);
            var channel = NettyChannelBuilder.forAddress("127.0.0.1", world.answering.port())
                    .usePlaintext()
                    .build();
            send(channel, fuzz, 0, WARM_UP);
            var before = world.heapBytes();
            send(channel, fuzz, WARM_UP, REQUESTS);
            var after = world.heapBytes();
            channel.shutdownNow();
            System.out.printf(
                    "gRPC fuzz: %d calls over %d methods, seed %d, heap %d -> %d bytes, answers %s%n",
                    findings.total(), Services.methods().size(), seed.value(), before, after, findings.counts());
            findings.refuseAny(world.answering.log());
            assertEquals(REQUESTS, findings.total());
            assertTrue(after - before < MOST_GROWTH_BYTES, "the heap has grown from " + before + " to " + after);
            var board = Scoreboard.of("S3", "gRPC, " + Services.methods().size() + " methods, seed " + seed.value());
            board.count(findings.total());
            board.passed(findings.total());
            board.show();
        }
    }

    private void send(ManagedChannel channel, GrpcFuzz fuzz, int from, int to)
            throws InterruptedException, ExecutionException {
        try (var threads = Executors.newFixedThreadPool(LANES)) {
            FuzzWorld.lanes(threads, LANES, lane -> {
                for (var number = from + lane; number < to; number += LANES) {
                    one(channel, fuzz.request(number, seed.random(number)), number);
                }
            });
        }
    }

    private void one(ManagedChannel channel, GrpcFuzz.Request request, int number) {
        var headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + request.token());
        var method = MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(
                        request.streams()
                                ? MethodDescriptor.MethodType.SERVER_STREAMING
                                : MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(request.method())
                .build();
        var shown = "call " + number + ": " + request.shown();
        try {
            var answers = ClientCalls.blockingServerStreamingCall(
                    ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                    method,
                    CallOptions.DEFAULT.withDeadlineAfter(request.waits() ? 2 : ANSWER_SECONDS, TimeUnit.SECONDS),
                    request.message());
            answers.forEachRemaining(answer -> {});
            findings.count("OK");
            if (request.refused()) {
                findings.wrong("taken " + request.method(), shown, "OK");
            }
        } catch (StatusRuntimeException e) {
            judge(request, shown, e);
        }
    }

    private void judge(GrpcFuzz.Request request, String shown, StatusRuntimeException e) {
        var code = e.getStatus().getCode();
        var reason = reason(e);
        findings.count(code + (reason == null ? "" : " " + reason));
        var told = e.getStatus() + " " + e.getTrailers();
        if ("BUG".equals(reason)) {
            findings.wrong("bug " + request.method(), shown, told);
        } else if (code == Status.Code.DEADLINE_EXCEEDED && request.waits()) {
            return; // an operation that does not end is watched until the caller has enough
        } else if (reason == null
                ? !request.below() || !BELOW_THE_CONTRACT.contains(code)
                : !REASONS.contains(reason)) {
            findings.wrong("no reason " + code + " " + request.method(), shown, told);
        }
        if (Findings.inside(String.valueOf(e.getStatus().getDescription()))) {
            findings.wrong("insides " + code + " " + request.method(), shown, told);
        }
    }

    private static String reason(StatusRuntimeException e) {
        var status = StatusProto.fromThrowable(e);
        for (var detail : status.getDetailsList()) {
            try {
                if (detail.is(ErrorInfo.class)) {
                    return detail.unpack(ErrorInfo.class).getReason();
                }
            } catch (InvalidProtocolBufferException broken) {
                throw new AssertionError(broken);
            }
        }
        return null;
    }
}
