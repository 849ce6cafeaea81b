package io.pgbosun.api.grpc;

import com.google.longrunning.Operation;
import io.grpc.stub.StreamObserver;
import io.pgbosun.patroni.PatroniStatuses;
import io.pgbosun.v1.ConfigurePatroniRequest;
import io.pgbosun.v1.ControlPatroniRequest;
import io.pgbosun.v1.GetPatroniRequest;
import io.pgbosun.v1.PatroniServiceGrpc;
import io.pgbosun.v1.PatroniStatus;
import io.quarkus.grpc.GrpcService;

@GrpcService
class PatroniGrpc extends PatroniServiceGrpc.PatroniServiceImplBase {
    private final Calls calls;
    private final PatroniStatuses statuses;

    PatroniGrpc(Calls calls, PatroniStatuses statuses) {
        this.calls = calls;
        this.statuses = statuses;
    }

    @Override
    public void getPatroni(GetPatroniRequest request, StreamObserver<PatroniStatus> observer) {
        calls.record(
                observer, PatroniStatus.getDefaultInstance(), caller -> statuses.get(caller, request.getCluster()));
    }

    @Override
    public void controlPatroni(ControlPatroniRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void configurePatroni(ConfigurePatroniRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }
}
