package io.pgbosun.api.grpc;

import com.google.protobuf.Empty;
import io.grpc.stub.StreamObserver;
import io.pgbosun.cluster.CreateHost;
import io.pgbosun.cluster.Hosts;
import io.pgbosun.v1.CreateHostRequest;
import io.pgbosun.v1.DeleteHostRequest;
import io.pgbosun.v1.GetHostRequest;
import io.pgbosun.v1.Host;
import io.pgbosun.v1.HostServiceGrpc;
import io.pgbosun.v1.ListHostsRequest;
import io.pgbosun.v1.ListHostsResponse;
import io.quarkus.grpc.GrpcService;

@GrpcService
class HostGrpc extends HostServiceGrpc.HostServiceImplBase {
    private final Calls calls;
    private final Hosts hosts;

    HostGrpc(Calls calls, Hosts hosts) {
        this.calls = calls;
        this.hosts = hosts;
    }

    @Override
    public void listHosts(ListHostsRequest request, StreamObserver<ListHostsResponse> observer) {
        calls.record(
                observer, ListHostsResponse.getDefaultInstance(), caller -> hosts.list(caller, Calls.page(request)));
    }

    @Override
    public void getHost(GetHostRequest request, StreamObserver<Host> observer) {
        calls.record(observer, Host.getDefaultInstance(), caller -> hosts.get(caller, request.getHost()));
    }

    @Override
    public void createHost(CreateHostRequest request, StreamObserver<Host> observer) {
        calls.record(
                observer,
                Host.getDefaultInstance(),
                caller -> hosts.create(caller, calls.read(request.getHost(), CreateHost.class)));
    }

    @Override
    public void deleteHost(DeleteHostRequest request, StreamObserver<Empty> observer) {
        calls.empty(observer, caller -> hosts.delete(caller, request.getHost()));
    }
}
