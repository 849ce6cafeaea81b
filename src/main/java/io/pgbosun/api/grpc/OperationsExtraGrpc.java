package io.pgbosun.api.grpc;

import com.google.longrunning.Operation;
import io.grpc.stub.StreamObserver;
import io.pgbosun.operation.Ids;
import io.pgbosun.operation.OperationReader;
import io.pgbosun.operation.Operations;
import io.pgbosun.operation.Watch;
import io.pgbosun.v1.ApproveOperationRequest;
import io.pgbosun.v1.GetOperationDetailRequest;
import io.pgbosun.v1.OperationEvent;
import io.pgbosun.v1.OperationMetadata;
import io.pgbosun.v1.OperationsExtraServiceGrpc;
import io.pgbosun.v1.RejectOperationRequest;
import io.pgbosun.v1.Resolution;
import io.pgbosun.v1.ResolveOperationRequest;
import io.pgbosun.v1.RetryOperationRequest;
import io.pgbosun.v1.WatchOperationRequest;
import io.quarkus.grpc.GrpcService;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

@GrpcService
class OperationsExtraGrpc extends OperationsExtraServiceGrpc.OperationsExtraServiceImplBase {
    private static final long PAUSE_NANOS = 20_000_000;
    private static final int SLOW_READER_PAUSES = 1_500;

    private final Calls calls;
    private final Operations operations;
    private final OperationReader reader;
    private final Watch watch;
    private final LongRunning longRunning;

    OperationsExtraGrpc(
            Calls calls, Operations operations, OperationReader reader, Watch watch, LongRunning longRunning) {
        this.calls = calls;
        this.operations = operations;
        this.reader = reader;
        this.watch = watch;
        this.longRunning = longRunning;
    }

    @Override
    public void getOperationDetail(GetOperationDetailRequest request, StreamObserver<OperationMetadata> observer) {
        calls.answer(observer, caller -> longRunning.metadata(reader.get(caller, id(request.getName()))));
    }

    @Override
    public void watchOperation(WatchOperationRequest request, StreamObserver<OperationEvent> observer) {
        var answer = new Answer<>(observer);
        calls.attempt(answer, caller -> {
            try (var place = calls.watching(caller)) {
                watch.follow(
                        caller,
                        id(request.getName()),
                        request.getAfter(),
                        events -> events.stream().allMatch(event -> sent(answer, event)),
                        () -> !answer.isGone());
            }
            answer.end();
            return null;
        });
    }

    private boolean sent(Answer<OperationEvent> answer, io.pgbosun.operation.OperationEvent event) {
        if (!readable(answer)) {
            return false;
        }
        answer.next(calls.message(event, OperationEvent.getDefaultInstance()));
        return true;
    }

    /** Waits for the reader; one that reads nothing for 30 s is cut off, and may come back where it was. */
    private static boolean readable(Answer<?> answer) {
        for (var pauses = 0; !answer.isReady(); pauses++) {
            if (answer.isGone() || pauses == SLOW_READER_PAUSES) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return !answer.isGone();
    }

    @Override
    public void approveOperation(ApproveOperationRequest request, StreamObserver<Operation> observer) {
        calls.answer(
                observer,
                caller -> longRunning.of(operations.approve(
                        caller, id(request.getName()), request.getPlanDigest(), request.getComment())));
    }

    @Override
    public void rejectOperation(RejectOperationRequest request, StreamObserver<Operation> observer) {
        calls.answer(
                observer,
                caller -> longRunning.of(operations.reject(caller, id(request.getName()), request.getComment())));
    }

    @Override
    public void retryOperation(RetryOperationRequest request, StreamObserver<Operation> observer) {
        calls.answer(
                observer,
                caller -> longRunning.of(
                        operations.retry(caller, id(request.getName()), Calls.optional(request.getRequestId()))));
    }

    @Override
    public void resolveOperation(ResolveOperationRequest request, StreamObserver<Operation> observer) {
        calls.answer(
                observer,
                caller -> longRunning.of(operations.resolve(
                        caller, id(request.getName()), resolution(request.getResolution()), request.getEvidence())));
    }

    private static Operations.Resolution resolution(Resolution resolution) {
        return switch (resolution) {
            case RESOLUTION_RETRY -> Operations.Resolution.RETRY;
            case RESOLUTION_SUCCEEDED -> Operations.Resolution.SUCCEEDED;
            case RESOLUTION_FAILED -> Operations.Resolution.FAILED;
            case RESOLUTION_CANCELLED -> Operations.Resolution.CANCELLED;
            case RESOLUTION_UNSPECIFIED, UNRECOGNIZED -> null;
        };
    }

    private static UUID id(String name) {
        return Ids.parse("name", LongRunning.id(name));
    }
}
