package io.pgbosun.api.grpc;

import com.google.longrunning.Operation;
import io.grpc.stub.StreamObserver;
import io.pgbosun.v1.FailoverServiceGrpc;
import io.pgbosun.v1.SwitchoverRequest;
import io.quarkus.grpc.GrpcService;

@GrpcService
class FailoverGrpc extends FailoverServiceGrpc.FailoverServiceImplBase {
    private final Calls calls;

    FailoverGrpc(Calls calls) {
        this.calls = calls;
    }

    @Override
    public void switchover(SwitchoverRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }
}
