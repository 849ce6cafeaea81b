package io.pgbosun.bench;

import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.OperationsGrpc;
import com.google.protobuf.MessageLite;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractBlockingStub;
import io.grpc.stub.MetadataUtils;
import io.pgbosun.v1.MaintenanceServiceGrpc;
import io.pgbosun.v1.NoOp;
import io.pgbosun.v1.NoOpRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Get and accept over gRPC. h2load cannot read the status of gRPC, so a stock client is sent ahead. */
final class GrpcRates {
    private final Stage stage;
    private final Service service;

    GrpcRates(Stage stage, Service service) {
        this.stage = stage;
        this.service = service;
    }

    H2load get(String id) {
        var request =
                GetOperationRequest.newBuilder().setName("operations/" + id).build();
        with(channel -> authorized(OperationsGrpc.newBlockingStub(channel)).getOperation(request));
        return H2load.grpc(service, "google.longrunning.Operations/GetOperation", framed("get.grpc", request));
    }

    H2load accept(String cluster) {
        var request = NoOpRequest.newBuilder()
                .setCluster(cluster)
                .setNoOp(NoOp.getDefaultInstance())
                .build();
        with(channel ->
                authorized(MaintenanceServiceGrpc.newBlockingStub(channel)).noOp(request));
        return H2load.grpc(service, "pgbosun.v1.MaintenanceService/NoOp", framed("accept.grpc", request));
    }

    private void with(java.util.function.Consumer<ManagedChannel> call) {
        var channel = NettyChannelBuilder.forAddress("127.0.0.1", service.port())
                .usePlaintext()
                .build();
        try {
            call.accept(channel);
        } finally {
            channel.shutdownNow();
        }
    }

    private <S extends AbstractBlockingStub<S>> S authorized(S stub) {
        var metadata = new Metadata();
        metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + service.token());
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    /** As it goes over the wire: not compressed, length, message. */
    private Path framed(String file, MessageLite message) {
        var bytes = message.toByteArray();
        try {
            return Files.write(
                    stage.file(file),
                    ByteBuffer.allocate(bytes.length + 5)
                            .put((byte) 0)
                            .putInt(bytes.length)
                            .put(bytes)
                            .array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
