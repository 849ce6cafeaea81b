package io.pgbosun.api.rest;

import io.pgbosun.failover.Switchover;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/v1")
@Tag(name = "failover", description = "Which instance of a cluster is the primary.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class FailoverResource {
    private final Starts starts;

    FailoverResource(Starts starts) {
        this.starts = starts;
    }

    @POST
    @Path("/clusters/{cluster}/switchovers")
    @Operation(summary = "Makes a standby the primary, without losing a transaction.")
    public Response switchover(
            @PathParam("cluster") String cluster, Switchover request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }
}
