package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.backup.ArchiveStatus;
import io.pgbosun.backup.ClusterRecoverability;
import io.pgbosun.backup.DisableArchiving;
import io.pgbosun.backup.EnableArchiving;
import io.pgbosun.backup.WalArchiving;
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
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/v1")
@Tag(name = "wal", description = "Archived WAL, and the moments that clusters can be recovered to.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class WalResource {
    private final WalArchiving archiving;
    private final Starts starts;
    private final CurrentCaller caller;

    WalResource(WalArchiving archiving, Starts starts, CurrentCaller caller) {
        this.archiving = archiving;
        this.starts = starts;
        this.caller = caller;
    }

    @POST
    @Path("/clusters/{cluster}/wal-archive")
    @Operation(summary = "Has a cluster archive its WAL into a repository.")
    public Response enableArchiving(
            @PathParam("cluster") String cluster, EnableArchiving request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @DELETE
    @Path("/clusters/{cluster}/wal-archive")
    @Operation(summary = "Has a cluster archive its WAL no longer; what is archived stays.")
    public Response disableArchiving(@PathParam("cluster") String cluster, @BeanParam StartParams params) {
        return starts.onCluster(cluster, new DisableArchiving(), params);
    }

    @GET
    @Path("/clusters/{cluster}/wal-archive")
    @Operation(summary = "Tells how the archiving of a cluster's WAL goes.")
    @Needs(Permission.CLUSTER_READ)
    public ArchiveStatus getWalArchive(@PathParam("cluster") String cluster) {
        return archiving.status(caller.get(), cluster);
    }

    @GET
    @Path("/clusters/{cluster}/recoverability")
    @Operation(summary = "Tells to which moments a cluster can be recovered, and which WAL is missing.")
    @Needs(Permission.CLUSTER_READ)
    public ClusterRecoverability getRecoverability(
            @PathParam("cluster") String cluster,
            @QueryParam("at")
                    @Parameter(
                            description = "A moment that may be reachable, such as 2026-11-20T03:00:00Z.",
                            schema =
                                    @Schema(
                                            type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.STRING,
                                            format = "date-time"))
                    String at) {
        return archiving.recoverability(caller.get(), cluster, StartParams.time("at", at));
    }
}
