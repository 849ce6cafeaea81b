package io.pgbosun.api.grpc;

import com.google.longrunning.Operation;
import io.grpc.stub.StreamObserver;
import io.pgbosun.failover.FailoverDrills;
import io.pgbosun.failover.PrimaryChange;
import io.pgbosun.failover.PrimaryChanges;
import io.pgbosun.v1.FailoverRequest;
import io.pgbosun.v1.FailoverServiceGrpc;
import io.pgbosun.v1.FollowLeaderRequest;
import io.pgbosun.v1.ListFailoverDrillsRequest;
import io.pgbosun.v1.ListFailoverDrillsResponse;
import io.pgbosun.v1.ListFailoversRequest;
import io.pgbosun.v1.ListFailoversResponse;
import io.pgbosun.v1.ListSwitchoversRequest;
import io.pgbosun.v1.ListSwitchoversResponse;
import io.pgbosun.v1.RejoinRequest;
import io.pgbosun.v1.RestartClusterRequest;
import io.pgbosun.v1.RunFailoverDrillRequest;
import io.pgbosun.v1.SwitchoverRequest;
import io.quarkus.grpc.GrpcService;

@GrpcService
class FailoverGrpc extends FailoverServiceGrpc.FailoverServiceImplBase {
    private final Calls calls;
    private final PrimaryChanges changes;
    private final FailoverDrills drills;

    FailoverGrpc(Calls calls, PrimaryChanges changes, FailoverDrills drills) {
        this.calls = calls;
        this.changes = changes;
        this.drills = drills;
    }

    @Override
    public void switchover(SwitchoverRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void listSwitchovers(ListSwitchoversRequest request, StreamObserver<ListSwitchoversResponse> observer) {
        calls.record(
                observer,
                ListSwitchoversResponse.getDefaultInstance(),
                caller ->
                        changes.list(caller, request.getCluster(), PrimaryChange.Kind.SWITCHOVER, Calls.page(request)));
    }

    @Override
    public void failover(FailoverRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void listFailovers(ListFailoversRequest request, StreamObserver<ListFailoversResponse> observer) {
        calls.record(
                observer,
                ListFailoversResponse.getDefaultInstance(),
                caller -> changes.list(caller, request.getCluster(), PrimaryChange.Kind.FAILOVER, Calls.page(request)));
    }

    @Override
    public void runFailoverDrill(RunFailoverDrillRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void listFailoverDrills(
            ListFailoverDrillsRequest request, StreamObserver<ListFailoverDrillsResponse> observer) {
        calls.record(
                observer,
                ListFailoverDrillsResponse.getDefaultInstance(),
                caller -> drills.list(caller, request.getCluster(), Calls.page(request)));
    }

    @Override
    public void restartCluster(RestartClusterRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void followLeader(FollowLeaderRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void rejoin(RejoinRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }
}
