package io.pgbosun.api.rest;

import io.pgbosun.maintenance.Analyze;
import io.pgbosun.maintenance.Checkpoint;
import io.pgbosun.maintenance.NoOp;
import io.pgbosun.maintenance.Reindex;
import io.pgbosun.maintenance.Vacuum;
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
@Tag(name = "maintenance", description = "Vacuum, analyze, reindex and the like.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class MaintenanceResource {
    private final Starts starts;

    MaintenanceResource(Starts starts) {
        this.starts = starts;
    }

    @POST
    @Path("/clusters/{cluster}/maintenance/vacuum")
    @Operation(summary = "Vacuums tables or whole databases.")
    public Response vacuum(@PathParam("cluster") String cluster, Vacuum request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @POST
    @Path("/clusters/{cluster}/maintenance/analyze")
    @Operation(summary = "Updates the planner's statistics.")
    public Response analyze(@PathParam("cluster") String cluster, Analyze request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @POST
    @Path("/clusters/{cluster}/maintenance/reindex")
    @Operation(summary = "Builds indexes anew, concurrently unless told otherwise.")
    public Response reindex(@PathParam("cluster") String cluster, Reindex request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @POST
    @Path("/clusters/{cluster}/maintenance/checkpoint")
    @Operation(summary = "Writes all changed pages to disk now.")
    public Response checkpoint(
            @PathParam("cluster") String cluster, Checkpoint request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @POST
    @Path("/clusters/{cluster}/maintenance/no-op")
    @Operation(summary = "Does nothing, step by step: shows that operations are accepted, run and journalled.")
    public Response noOp(@PathParam("cluster") String cluster, NoOp request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }
}
