package io.pgbosun.api.grpc;

import com.google.longrunning.Operation;
import io.grpc.stub.StreamObserver;
import io.pgbosun.backup.WalArchiving;
import io.pgbosun.v1.ArchiveStatus;
import io.pgbosun.v1.ClusterRecoverability;
import io.pgbosun.v1.DisableArchivingRequest;
import io.pgbosun.v1.EnableArchivingRequest;
import io.pgbosun.v1.GetRecoverabilityRequest;
import io.pgbosun.v1.GetWalArchiveRequest;
import io.pgbosun.v1.WalServiceGrpc;
import io.quarkus.grpc.GrpcService;

@GrpcService
class WalGrpc extends WalServiceGrpc.WalServiceImplBase {
    private final Calls calls;
    private final WalArchiving archiving;

    WalGrpc(Calls calls, WalArchiving archiving) {
        this.calls = calls;
        this.archiving = archiving;
    }

    @Override
    public void enableArchiving(EnableArchivingRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void disableArchiving(DisableArchivingRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void getWalArchive(GetWalArchiveRequest request, StreamObserver<ArchiveStatus> observer) {
        calls.record(
                observer, ArchiveStatus.getDefaultInstance(), caller -> archiving.status(caller, request.getCluster()));
    }

    @Override
    public void getRecoverability(GetRecoverabilityRequest request, StreamObserver<ClusterRecoverability> observer) {
        calls.record(
                observer,
                ClusterRecoverability.getDefaultInstance(),
                caller -> archiving.recoverability(
                        caller, request.getCluster(), request.hasAt() ? Calls.instant(request.getAt()) : null));
    }
}
