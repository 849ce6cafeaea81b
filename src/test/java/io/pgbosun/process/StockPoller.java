package io.pgbosun.process;

import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.grpc.GrpcCallSettings;
import com.google.api.gax.grpc.GrpcCallableFactory;
import com.google.api.gax.grpc.GrpcTransportChannel;
import com.google.api.gax.grpc.ProtoOperationTransformers;
import com.google.api.gax.longrunning.OperationSnapshot;
import com.google.api.gax.longrunning.OperationTimedPollAlgorithm;
import com.google.api.gax.retrying.RetrySettings;
import com.google.api.gax.rpc.ClientContext;
import com.google.api.gax.rpc.FixedTransportChannelProvider;
import com.google.api.gax.rpc.OperationCallSettings;
import com.google.api.gax.rpc.OperationCallable;
import com.google.api.gax.rpc.UnaryCallSettings;
import com.google.longrunning.Operation;
import com.google.longrunning.stub.GrpcOperationsStub;
import com.google.longrunning.stub.OperationsStubSettings;
import com.google.protobuf.Message;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.pgbosun.v1.OperationMetadata;
import java.io.IOException;
import java.time.Duration;

/** Google's own library for long-running operations, put together as Google's generated clients do it. */
final class StockPoller implements AutoCloseable {
    private static final RetrySettings POLLING = RetrySettings.newBuilder()
            .setInitialRetryDelayDuration(Duration.ofMillis(100))
            .setRetryDelayMultiplier(1.5)
            .setMaxRetryDelayDuration(Duration.ofSeconds(1))
            .setTotalTimeoutDuration(Duration.ofMinutes(2))
            .build();

    private final ManagedChannel channel;
    private final ClientContext context;
    private final GrpcOperationsStub operations;

    StockPoller(int port, String token) throws IOException {
        var headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                .build();
        var settings = OperationsStubSettings.newBuilder()
                .setTransportChannelProvider(FixedTransportChannelProvider.create(GrpcTransportChannel.create(channel)))
                .setCredentialsProvider(NoCredentialsProvider.create())
                .build();
        context = ClientContext.create(settings);
        operations = GrpcOperationsStub.create(settings);
    }

    /** Calls of a method that answers an operation: they end with its result, or with its error as an exception. */
    <Q extends Message, R extends Message> OperationCallable<Q, R, OperationMetadata> of(
            MethodDescriptor<Q, Operation> method, Class<R> result) {
        var settings = OperationCallSettings.<Q, R, OperationMetadata>newBuilder()
                .setInitialCallSettings(UnaryCallSettings.<Q, OperationSnapshot>newUnaryCallSettingsBuilder()
                        .build())
                .setResponseTransformer(ProtoOperationTransformers.ResponseTransformer.create(result))
                .setMetadataTransformer(ProtoOperationTransformers.MetadataTransformer.create(OperationMetadata.class))
                .setPollingAlgorithm(OperationTimedPollAlgorithm.create(POLLING))
                .build();
        return GrpcCallableFactory.createOperationCallable(
                GrpcCallSettings.create(method), settings, context, operations);
    }

    @Override
    public void close() {
        operations.close();
        channel.shutdownNow();
        context.getBackgroundResources().forEach(com.google.api.gax.core.BackgroundResource::shutdownNow);
    }
}
