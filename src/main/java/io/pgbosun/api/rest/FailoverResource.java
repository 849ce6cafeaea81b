package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.failover.Failover;
import io.pgbosun.failover.FailoverDrill;
import io.pgbosun.failover.FailoverDrills;
import io.pgbosun.failover.FollowLeader;
import io.pgbosun.failover.PrimaryChange;
import io.pgbosun.failover.PrimaryChanges;
import io.pgbosun.failover.Rejoin;
import io.pgbosun.failover.RestartCluster;
import io.pgbosun.failover.RunFailoverDrill;
import io.pgbosun.failover.Switchover;
import io.pgbosun.store.Page;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/v1")
@Tag(name = "failover", description = "Which instance of a cluster is the primary.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class FailoverResource {
    private final PrimaryChanges changes;
    private final FailoverDrills drills;
    private final Starts starts;
    private final CurrentCaller caller;

    FailoverResource(PrimaryChanges changes, FailoverDrills drills, Starts starts, CurrentCaller caller) {
        this.changes = changes;
        this.drills = drills;
        this.starts = starts;
        this.caller = caller;
    }

    @POST
    @Path("/clusters/{cluster}/switchovers")
    @Operation(summary = "Makes a standby the primary, without losing a transaction.")
    public Response switchover(
            @PathParam("cluster") String cluster, Switchover request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @GET
    @Path("/clusters/{cluster}/switchovers")
    @Operation(summary = "Lists the switchovers of a cluster, newest first.")
    @Needs(Permission.CLUSTER_READ)
    public Page<PrimaryChange> listSwitchovers(
            @PathParam("cluster") String cluster,
            @QueryParam("pageSize") String pageSize,
            @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        return changes.list(
                caller.get(), cluster, PrimaryChange.Kind.SWITCHOVER, Params.page(pageSize, pageToken, cluster));
    }

    @POST
    @Path("/clusters/{cluster}/failovers")
    @Operation(summary = "Makes a standby the primary when the primary is down.")
    public Response failover(@PathParam("cluster") String cluster, Failover request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @GET
    @Path("/clusters/{cluster}/failovers")
    @Operation(summary = "Lists the failovers of a cluster with their evidence, newest first.")
    @Needs(Permission.CLUSTER_READ)
    public Page<PrimaryChange> listFailovers(
            @PathParam("cluster") String cluster,
            @QueryParam("pageSize") String pageSize,
            @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        return changes.list(
                caller.get(), cluster, PrimaryChange.Kind.FAILOVER, Params.page(pageSize, pageToken, cluster));
    }

    @POST
    @Path("/clusters/{cluster}/failover-drills")
    @Operation(summary = "Fails over a scratch copy of a cluster and measures what it costs.")
    public Response failoverDrill(
            @PathParam("cluster") String cluster, RunFailoverDrill request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @GET
    @Path("/clusters/{cluster}/failover-drills")
    @Operation(summary = "Lists the failover drills of a cluster, newest first.")
    @Needs(Permission.CLUSTER_READ)
    public Page<FailoverDrill> listFailoverDrills(
            @PathParam("cluster") String cluster,
            @QueryParam("pageSize") String pageSize,
            @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        return drills.list(caller.get(), cluster, Params.page(pageSize, pageToken, cluster));
    }

    @POST
    @Path("/clusters/{cluster}/restarts")
    @Operation(summary = "Restarts the instances of a cluster one after the other, standbys first.")
    public Response restartCluster(
            @PathParam("cluster") String cluster, RestartCluster request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @POST
    @Path("/clusters/{cluster}/follow-leader")
    @Operation(summary = "Leads the poolers to who leads, and shuts clients out of any other that takes writes.")
    public Response followLeader(
            @PathParam("cluster") String cluster, FollowLeader request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @POST
    @Path("/clusters/{cluster}/rejoins")
    @Operation(summary = "Makes an instance a standby of the primary again.")
    public Response rejoin(@PathParam("cluster") String cluster, Rejoin request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }
}
