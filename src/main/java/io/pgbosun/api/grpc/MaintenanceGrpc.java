package io.pgbosun.api.grpc;

import com.google.longrunning.Operation;
import io.grpc.stub.StreamObserver;
import io.pgbosun.v1.AnalyzeRequest;
import io.pgbosun.v1.CheckpointRequest;
import io.pgbosun.v1.MaintenanceServiceGrpc;
import io.pgbosun.v1.NoOpRequest;
import io.pgbosun.v1.ReindexRequest;
import io.pgbosun.v1.VacuumRequest;
import io.quarkus.grpc.GrpcService;

@GrpcService
class MaintenanceGrpc extends MaintenanceServiceGrpc.MaintenanceServiceImplBase {
    private final Calls calls;

    MaintenanceGrpc(Calls calls) {
        this.calls = calls;
    }

    @Override
    public void vacuum(VacuumRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void analyze(AnalyzeRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void reindex(ReindexRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void checkpoint(CheckpointRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void noOp(NoOpRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }
}
