package io.pgbosun.api.grpc;

import com.google.longrunning.Operation;
import io.grpc.stub.StreamObserver;
import io.pgbosun.cluster.Clusters;
import io.pgbosun.v1.Cluster;
import io.pgbosun.v1.ClusterServiceGrpc;
import io.pgbosun.v1.Database;
import io.pgbosun.v1.DeleteClusterRequest;
import io.pgbosun.v1.DeregisterRequest;
import io.pgbosun.v1.FindDatabasesRequest;
import io.pgbosun.v1.FindDatabasesResponse;
import io.pgbosun.v1.GetClusterRequest;
import io.pgbosun.v1.LabelDatabaseRequest;
import io.pgbosun.v1.ListClusterDatabasesRequest;
import io.pgbosun.v1.ListClusterDatabasesResponse;
import io.pgbosun.v1.ListClustersRequest;
import io.pgbosun.v1.ListClustersResponse;
import io.pgbosun.v1.ListInstancesRequest;
import io.pgbosun.v1.ListInstancesResponse;
import io.pgbosun.v1.ProvisionRequest;
import io.pgbosun.v1.RegisterRequest;
import io.pgbosun.v1.ReloadClusterRequest;
import io.pgbosun.v1.StartClusterRequest;
import io.pgbosun.v1.StopClusterRequest;
import io.pgbosun.v1.UpdateClusterRequest;
import io.quarkus.grpc.GrpcService;

@GrpcService
class ClusterGrpc extends ClusterServiceGrpc.ClusterServiceImplBase {
    private final Calls calls;
    private final Clusters clusters;

    ClusterGrpc(Calls calls, Clusters clusters) {
        this.calls = calls;
        this.clusters = clusters;
    }

    @Override
    public void provision(ProvisionRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void register(RegisterRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void deregister(DeregisterRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void deleteCluster(DeleteClusterRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void startCluster(StartClusterRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void stopCluster(StopClusterRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void reloadCluster(ReloadClusterRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void listClusters(ListClustersRequest request, StreamObserver<ListClustersResponse> observer) {
        calls.record(
                observer,
                ListClustersResponse.getDefaultInstance(),
                caller -> clusters.list(caller, request.getLabelsMap(), Calls.page(request)));
    }

    @Override
    public void getCluster(GetClusterRequest request, StreamObserver<Cluster> observer) {
        calls.record(observer, Cluster.getDefaultInstance(), caller -> clusters.get(caller, request.getCluster()));
    }

    @Override
    public void updateCluster(UpdateClusterRequest request, StreamObserver<Cluster> observer) {
        calls.record(
                observer,
                Cluster.getDefaultInstance(),
                caller -> clusters.update(
                        caller,
                        request.getCluster(),
                        calls.read(request.getUpdate(), Clusters.UpdateCluster.class),
                        request.hasEtag() ? request.getEtag() : null));
    }

    @Override
    public void listInstances(ListInstancesRequest request, StreamObserver<ListInstancesResponse> observer) {
        calls.record(
                observer,
                ListInstancesResponse.getDefaultInstance(),
                caller -> new Calls.Items(clusters.instances(caller, request.getCluster())));
    }

    @Override
    public void listClusterDatabases(
            ListClusterDatabasesRequest request, StreamObserver<ListClusterDatabasesResponse> observer) {
        calls.record(
                observer,
                ListClusterDatabasesResponse.getDefaultInstance(),
                caller -> new Calls.Items(clusters.databases(caller, request.getCluster())));
    }

    @Override
    public void labelDatabase(LabelDatabaseRequest request, StreamObserver<Database> observer) {
        calls.record(
                observer,
                Database.getDefaultInstance(),
                caller -> clusters.label(
                        caller,
                        request.getCluster(),
                        request.getDatabase(),
                        calls.valid(new Clusters.LabelDatabase(request.getLabelsMap()))));
    }

    @Override
    public void findDatabases(FindDatabasesRequest request, StreamObserver<FindDatabasesResponse> observer) {
        calls.record(
                observer,
                FindDatabasesResponse.getDefaultInstance(),
                caller -> new Calls.Items(clusters.databases(caller, request.getLabelsMap())));
    }
}
