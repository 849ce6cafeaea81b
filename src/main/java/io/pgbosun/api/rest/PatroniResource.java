package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.patroni.ConfigurePatroni;
import io.pgbosun.patroni.ControlPatroni;
import io.pgbosun.patroni.PatroniStatus;
import io.pgbosun.patroni.PatroniStatuses;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/v1")
@Tag(name = "patroni", description = "The Patroni that runs a cluster.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class PatroniResource {
    private final PatroniStatuses statuses;
    private final Starts starts;
    private final CurrentCaller caller;

    PatroniResource(PatroniStatuses statuses, Starts starts, CurrentCaller caller) {
        this.statuses = statuses;
        this.starts = starts;
        this.caller = caller;
    }

    @GET
    @Path("/clusters/{cluster}/patroni")
    @Operation(summary = "Asks the Patroni of a cluster for its members, history and configuration.")
    @Needs(Permission.CLUSTER_READ)
    public PatroniStatus getPatroni(@PathParam("cluster") String cluster) {
        return statuses.get(caller.get(), cluster);
    }

    @POST
    @Path("/clusters/{cluster}/patroni/control")
    @Operation(summary = "Puts Patroni into maintenance mode, or ends it.")
    public Response controlPatroni(
            @PathParam("cluster") String cluster, ControlPatroni request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @POST
    @Path("/clusters/{cluster}/patroni/config")
    @Operation(summary = "Changes the dynamic configuration of Patroni.")
    public Response configurePatroni(
            @PathParam("cluster") String cluster, ConfigurePatroni request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }
}
