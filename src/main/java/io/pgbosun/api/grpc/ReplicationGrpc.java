package io.pgbosun.api.grpc;

import com.google.longrunning.Operation;
import io.grpc.stub.StreamObserver;
import io.pgbosun.replication.Replications;
import io.pgbosun.v1.AddStandbyRequest;
import io.pgbosun.v1.ConfigureReplicationRequest;
import io.pgbosun.v1.GetReplicationRequest;
import io.pgbosun.v1.RemoveStandbyRequest;
import io.pgbosun.v1.Replication;
import io.pgbosun.v1.ReplicationServiceGrpc;
import io.quarkus.grpc.GrpcService;

@GrpcService
class ReplicationGrpc extends ReplicationServiceGrpc.ReplicationServiceImplBase {
    private final Calls calls;
    private final Replications replications;

    ReplicationGrpc(Calls calls, Replications replications) {
        this.calls = calls;
        this.replications = replications;
    }

    @Override
    public void getReplication(GetReplicationRequest request, StreamObserver<Replication> observer) {
        calls.record(
                observer, Replication.getDefaultInstance(), caller -> replications.get(caller, request.getCluster()));
    }

    @Override
    public void configureReplication(ConfigureReplicationRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void addStandby(AddStandbyRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void removeStandby(RemoveStandbyRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }
}
