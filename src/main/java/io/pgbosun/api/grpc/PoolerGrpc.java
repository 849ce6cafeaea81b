package io.pgbosun.api.grpc;

import com.google.longrunning.Operation;
import com.google.protobuf.Empty;
import io.grpc.stub.StreamObserver;
import io.pgbosun.pooler.Poolers;
import io.pgbosun.v1.ApplyPoolerConfigRequest;
import io.pgbosun.v1.ControlPoolerRequest;
import io.pgbosun.v1.CreatePoolerRequest;
import io.pgbosun.v1.DeletePoolerRequest;
import io.pgbosun.v1.GetPoolerConfigRequest;
import io.pgbosun.v1.GetPoolerRequest;
import io.pgbosun.v1.ListPoolerClientsRequest;
import io.pgbosun.v1.ListPoolerClientsResponse;
import io.pgbosun.v1.ListPoolerPoolsRequest;
import io.pgbosun.v1.ListPoolerPoolsResponse;
import io.pgbosun.v1.ListPoolerServersRequest;
import io.pgbosun.v1.ListPoolerServersResponse;
import io.pgbosun.v1.ListPoolerStatsRequest;
import io.pgbosun.v1.ListPoolerStatsResponse;
import io.pgbosun.v1.ListPoolersRequest;
import io.pgbosun.v1.ListPoolersResponse;
import io.pgbosun.v1.Pooler;
import io.pgbosun.v1.PoolerConfig;
import io.pgbosun.v1.PoolerServiceGrpc;
import io.quarkus.grpc.GrpcService;

@GrpcService
class PoolerGrpc extends PoolerServiceGrpc.PoolerServiceImplBase {
    private final Calls calls;
    private final Poolers poolers;

    PoolerGrpc(Calls calls, Poolers poolers) {
        this.calls = calls;
        this.poolers = poolers;
    }

    @Override
    public void listPoolers(ListPoolersRequest request, StreamObserver<ListPoolersResponse> observer) {
        calls.record(
                observer,
                ListPoolersResponse.getDefaultInstance(),
                caller -> poolers.list(caller, request.getCluster(), Calls.page(request)));
    }

    @Override
    public void getPooler(GetPoolerRequest request, StreamObserver<Pooler> observer) {
        calls.record(
                observer,
                Pooler.getDefaultInstance(),
                caller -> poolers.get(caller, request.getCluster(), request.getPooler()));
    }

    @Override
    public void createPooler(CreatePoolerRequest request, StreamObserver<Pooler> observer) {
        calls.record(
                observer,
                Pooler.getDefaultInstance(),
                caller -> poolers.create(
                        caller,
                        request.getCluster(),
                        calls.read(request.getPooler(), io.pgbosun.pooler.CreatePooler.class)));
    }

    @Override
    public void deletePooler(DeletePoolerRequest request, StreamObserver<Empty> observer) {
        calls.empty(observer, caller -> poolers.delete(caller, request.getCluster(), request.getPooler()));
    }

    @Override
    public void listPoolerPools(ListPoolerPoolsRequest request, StreamObserver<ListPoolerPoolsResponse> observer) {
        calls.record(
                observer,
                ListPoolerPoolsResponse.getDefaultInstance(),
                caller -> new Calls.Items(poolers.pools(caller, request.getCluster(), request.getPooler())));
    }

    @Override
    public void listPoolerClients(
            ListPoolerClientsRequest request, StreamObserver<ListPoolerClientsResponse> observer) {
        calls.record(
                observer,
                ListPoolerClientsResponse.getDefaultInstance(),
                caller -> new Calls.Items(poolers.clients(caller, request.getCluster(), request.getPooler())));
    }

    @Override
    public void listPoolerServers(
            ListPoolerServersRequest request, StreamObserver<ListPoolerServersResponse> observer) {
        calls.record(
                observer,
                ListPoolerServersResponse.getDefaultInstance(),
                caller -> new Calls.Items(poolers.servers(caller, request.getCluster(), request.getPooler())));
    }

    @Override
    public void listPoolerStats(ListPoolerStatsRequest request, StreamObserver<ListPoolerStatsResponse> observer) {
        calls.record(
                observer,
                ListPoolerStatsResponse.getDefaultInstance(),
                caller -> new Calls.Items(poolers.stats(caller, request.getCluster(), request.getPooler())));
    }

    @Override
    public void getPoolerConfig(GetPoolerConfigRequest request, StreamObserver<PoolerConfig> observer) {
        calls.record(
                observer,
                PoolerConfig.getDefaultInstance(),
                caller -> poolers.config(caller, request.getCluster(), request.getPooler()));
    }

    @Override
    public void controlPooler(ControlPoolerRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void applyPoolerConfig(ApplyPoolerConfigRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }
}
