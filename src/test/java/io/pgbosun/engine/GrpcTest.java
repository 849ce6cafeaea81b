package io.pgbosun.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.OperationsGrpc;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.pgbosun.Api;
import io.pgbosun.TestHome;
import io.pgbosun.v1.CheckpointRequest;
import io.pgbosun.v1.CheckpointResult;
import io.pgbosun.v1.LockGuard;
import io.pgbosun.v1.MaintenanceServiceGrpc;
import io.pgbosun.v1.OperationEvent;
import io.pgbosun.v1.OperationMetadata;
import io.pgbosun.v1.OperationState;
import io.pgbosun.v1.OperationsExtraServiceGrpc;
import io.pgbosun.v1.Plan;
import io.pgbosun.v1.StartOptions;
import io.pgbosun.v1.Vacuum;
import io.pgbosun.v1.VacuumRequest;
import io.pgbosun.v1.WatchOperationRequest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.UUID;
import java.util.stream.LongStream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The same engine through gRPC, with the stock google.longrunning client. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrpcTest {
    private final Api api = Api.admin();
    private ManagedChannel plain;
    private Channel channel;

    @BeforeAll
    void connect() {
        var url = URI.create(ConfigProvider.getConfig().getValue("test.url", String.class));
        plain = NettyChannelBuilder.forAddress(url.getHost(), url.getPort())
                .usePlaintext()
                .build();
        var headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + api.token());
        channel = ClientInterceptors.intercept(plain, MetadataUtils.newAttachHeadersInterceptor(headers));
        api.succeed("/v1/clusters", "{'name':'grpc','provision':{'databases':['shop']}}");
    }

    @AfterAll
    void disconnect() {
        plain.shutdownNow();
    }

    @Test
    void a_stock_client_starts_waits_and_reads_the_typed_result() throws InvalidProtocolBufferException {
        var started = MaintenanceServiceGrpc.newBlockingStub(channel)
                .checkpoint(CheckpointRequest.newBuilder().setCluster("grpc").build());
        var done = operations()
                .waitOperation(WaitOperationRequest.newBuilder()
                        .setName(started.getName())
                        .setTimeout(Duration.newBuilder().setSeconds(20))
                        .build());
        assertTrue(done.getDone());
        assertTrue(
                done.getResponse().unpack(CheckpointResult.class).getRedoLsn().contains("/"));
        var metadata = done.getMetadata().unpack(OperationMetadata.class);
        assertEquals(OperationState.OPERATION_STATE_SUCCEEDED, metadata.getState());
        assertEquals("GRPC", metadata.getChannel());
        assertEquals(
                done,
                operations()
                        .getOperation(GetOperationRequest.newBuilder()
                                .setName(started.getName())
                                .build()));
    }

    @Test
    void a_watcher_sees_every_event_once_and_goes_on_where_it_was() {
        var name = MaintenanceServiceGrpc.newBlockingStub(channel)
                .vacuum(VacuumRequest.newBuilder().setCluster("grpc").build())
                .getName();
        var seen = new ArrayList<OperationEvent>();
        var watch = OperationsExtraServiceGrpc.newBlockingStub(channel);
        watch.watchOperation(WatchOperationRequest.newBuilder().setName(name).build())
                .forEachRemaining(seen::add);
        assertEquals(
                LongStream.rangeClosed(1, seen.size()).boxed().toList(),
                seen.stream().map(OperationEvent::getNumber).toList());
        var rest = new ArrayList<OperationEvent>();
        watch.watchOperation(WatchOperationRequest.newBuilder()
                        .setName(name)
                        .setAfter(2)
                        .build())
                .forEachRemaining(rest::add);
        assertEquals(seen.subList(2, seen.size()), rest);
    }

    @Test
    void one_key_is_one_operation_through_either_door() {
        var key = UUID.randomUUID().toString();
        var overGrpc = MaintenanceServiceGrpc.newBlockingStub(channel)
                .vacuum(VacuumRequest.newBuilder()
                        .setCluster("grpc")
                        .setVacuum(Vacuum.newBuilder().setAnalyze(true).addDatabases("shop"))
                        .setRequestId(key)
                        .build());
        var overRest = api.started(api.request()
                .header("Idempotency-Key", key)
                .body("{\"analyze\":true,\"databases\":[\"shop\"]}")
                .post("/v1/clusters/grpc/maintenance/vacuum"));
        assertEquals("operations/" + overRest, overGrpc.getName());
        var other = assertThrows(
                StatusRuntimeException.class,
                () -> MaintenanceServiceGrpc.newBlockingStub(channel)
                        .vacuum(VacuumRequest.newBuilder()
                                .setCluster("grpc")
                                .setRequestId(key)
                                .build()));
        assertEquals(Status.Code.INVALID_ARGUMENT, other.getStatus().getCode());
        assertEquals("KEY_REUSED", info(other).getReason());
    }

    @Test
    void validate_only_answers_the_plan_and_changes_nothing() throws InvalidProtocolBufferException {
        var answer = MaintenanceServiceGrpc.newBlockingStub(channel)
                .vacuum(VacuumRequest.newBuilder()
                        .setCluster("grpc")
                        .setVacuum(Vacuum.newBuilder().setFull(true))
                        .setValidateOnly(true)
                        .build());
        assertTrue(answer.getDone());
        assertTrue(answer.getName().isEmpty());
        var plan = answer.getResponse().unpack(Plan.class);
        assertEquals(io.pgbosun.v1.Risk.RISK_HIGH, plan.getRisk());
        assertEquals(64, plan.getDigest().length());
    }

    @Test
    void a_scheduled_operation_is_listed_cancelled_and_forgotten() {
        var later = Timestamp.newBuilder().setSeconds(4_102_444_800L);
        var name = MaintenanceServiceGrpc.newBlockingStub(channel)
                .checkpoint(CheckpointRequest.newBuilder()
                        .setCluster("grpc")
                        .setOptions(
                                StartOptions.newBuilder().setStartTime(later).setReason("new year"))
                        .build())
                .getName();
        var listed = operations()
                .listOperations(ListOperationsRequest.newBuilder()
                        .setFilter("state = \"SCHEDULED\" AND kind = checkpoint")
                        .build());
        assertTrue(listed.getOperationsList().stream()
                .anyMatch(operation -> operation.getName().equals(name)));
        operations()
                .cancelOperation(
                        CancelOperationRequest.newBuilder().setName(name).build());
        var cancelled = operations()
                .getOperation(GetOperationRequest.newBuilder().setName(name).build());
        assertEquals(Status.Code.CANCELLED.value(), cancelled.getError().getCode());
        operations()
                .deleteOperation(
                        DeleteOperationRequest.newBuilder().setName(name).build());
        var gone = assertThrows(
                StatusRuntimeException.class,
                () -> operations()
                        .getOperation(
                                GetOperationRequest.newBuilder().setName(name).build()));
        assertEquals(Status.Code.NOT_FOUND, gone.getStatus().getCode());
    }

    @Test
    void problems_carry_their_type_and_fields() throws InvalidProtocolBufferException {
        var invalid = assertThrows(
                StatusRuntimeException.class,
                () -> MaintenanceServiceGrpc.newBlockingStub(channel)
                        .vacuum(VacuumRequest.newBuilder()
                                .setCluster("grpc")
                                .setVacuum(Vacuum.newBuilder()
                                        .setGuard(LockGuard.newBuilder().setLockTimeoutSeconds(0)))
                                .build()));
        assertEquals(Status.Code.INVALID_ARGUMENT, invalid.getStatus().getCode());
        assertEquals("urn:pgbosun:problem:invalid", info(invalid).getMetadataOrThrow("type"));
        var details = StatusProto.fromThrowable(invalid).getDetailsList();
        var bad = details.stream()
                .filter(detail -> detail.is(BadRequest.class))
                .findFirst()
                .orElseThrow()
                .unpack(BadRequest.class);
        assertEquals("guard.lockTimeoutSeconds", bad.getFieldViolations(0).getField());
        var unknown = assertThrows(
                StatusRuntimeException.class,
                () -> MaintenanceServiceGrpc.newBlockingStub(channel)
                        .vacuum(VacuumRequest.newBuilder().setCluster("nosuch").build()));
        assertEquals(Status.Code.NOT_FOUND, unknown.getStatus().getCode());
        var filter = assertThrows(
                StatusRuntimeException.class,
                () -> operations()
                        .listOperations(ListOperationsRequest.newBuilder()
                                .setFilter("colour = red")
                                .build()));
        assertEquals(Status.Code.INVALID_ARGUMENT, filter.getStatus().getCode());
    }

    @Test
    void health_needs_no_token() {
        var health = HealthGrpc.newBlockingStub(plain).check(HealthCheckRequest.getDefaultInstance());
        assertEquals(HealthCheckResponse.ServingStatus.SERVING, health.getStatus());
    }

    private OperationsGrpc.OperationsBlockingStub operations() {
        return OperationsGrpc.newBlockingStub(channel);
    }

    private static ErrorInfo info(StatusRuntimeException e) {
        try {
            return StatusProto.fromThrowable(e).getDetails(0).unpack(ErrorInfo.class);
        } catch (InvalidProtocolBufferException broken) {
            throw new AssertionError(broken);
        }
    }
}
