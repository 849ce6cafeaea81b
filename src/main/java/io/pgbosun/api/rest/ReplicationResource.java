package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.replication.AddStandby;
import io.pgbosun.replication.ConfigureReplication;
import io.pgbosun.replication.RemoveStandby;
import io.pgbosun.replication.Replication;
import io.pgbosun.replication.Replications;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
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
@Tag(name = "replication", description = "The standbys of a cluster, and what commits wait for.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class ReplicationResource {
    private final Replications replications;
    private final Starts starts;
    private final CurrentCaller caller;

    ReplicationResource(Replications replications, Starts starts, CurrentCaller caller) {
        this.replications = replications;
        this.starts = starts;
        this.caller = caller;
    }

    @GET
    @Path("/clusters/{cluster}/replication")
    @Operation(summary = "Asks every instance of a cluster whom it follows, who follows it, and for whom it keeps WAL.")
    @Needs(Permission.CLUSTER_READ)
    public Replication getReplication(@PathParam("cluster") String cluster) {
        return replications.get(caller.get(), cluster);
    }

    @POST
    @Path("/clusters/{cluster}/replication")
    @Operation(summary = "Says for how many standbys, and for which, a commit waits.")
    public Response configureReplication(
            @PathParam("cluster") String cluster, ConfigureReplication request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @POST
    @Path("/clusters/{cluster}/instances")
    @Operation(summary = "Makes another standby of a cluster.")
    public Response addStandby(
            @PathParam("cluster") String cluster, AddStandby request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @DELETE
    @Path("/clusters/{cluster}/instances/{instance}")
    @Operation(summary = "Stops a standby for good, forgets it and drops its slot.")
    public Response removeStandby(
            @PathParam("cluster") String cluster,
            @PathParam("instance") String instance,
            @QueryParam("keepData") Boolean keepData,
            @BeanParam StartParams params) {
        return starts.onCluster(cluster, new RemoveStandby(instance, keepData), params);
    }
}
