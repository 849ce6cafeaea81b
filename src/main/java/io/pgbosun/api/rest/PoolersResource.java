package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.host.PoolerPool;
import io.pgbosun.host.PoolerSocket;
import io.pgbosun.host.PoolerStats;
import io.pgbosun.pooler.ApplyPoolerConfig;
import io.pgbosun.pooler.ControlPooler;
import io.pgbosun.pooler.CreatePooler;
import io.pgbosun.pooler.Pooler;
import io.pgbosun.pooler.PoolerConfig;
import io.pgbosun.pooler.Poolers;
import io.pgbosun.store.Page;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
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
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/v1")
@Tag(name = "poolers", description = "PgBouncers before clusters.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class PoolersResource {
    private final Poolers poolers;
    private final Starts starts;
    private final CurrentCaller caller;

    PoolersResource(Poolers poolers, Starts starts, CurrentCaller caller) {
        this.poolers = poolers;
        this.starts = starts;
        this.caller = caller;
    }

    /** The pools of a pooler. */
    @Schema(description = "The pools of a pooler.")
    public record PoolerPoolList(List<PoolerPool> items) {}

    /** Connections of a pooler. */
    @Schema(description = "Connections of a pooler.")
    public record PoolerSocketList(List<PoolerSocket> items) {}

    /** What went through a pooler, by database. */
    @Schema(description = "What went through a pooler, by database.")
    public record PoolerStatsList(List<PoolerStats> items) {}

    @GET
    @Path("/clusters/{cluster}/poolers")
    @Operation(summary = "Lists the poolers of a cluster, by name.")
    @Needs(Permission.POOLER_READ)
    public Page<Pooler> listPoolers(
            @PathParam("cluster") String cluster,
            @QueryParam("pageSize") String pageSize,
            @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        return poolers.list(caller.get(), cluster, Params.page(pageSize, pageToken, cluster));
    }

    @GET
    @Path("/clusters/{cluster}/poolers/{pooler}")
    @Operation(summary = "Gets a pooler, and asks it what it runs.")
    @Needs(Permission.POOLER_READ)
    public Pooler getPooler(@PathParam("cluster") String cluster, @PathParam("pooler") String pooler) {
        return poolers.get(caller.get(), cluster, pooler);
    }

    @POST
    @Path("/clusters/{cluster}/poolers")
    @Operation(summary = "Registers a PgBouncer before a cluster, after asking its console.")
    @APIResponseSchema(value = Pooler.class, responseCode = "201", responseDescription = "What was made.")
    @Needs(Permission.POOLER_WRITE)
    public Response createPooler(@PathParam("cluster") String cluster, @Valid @NotNull CreatePooler request) {
        return Response.status(201)
                .header("Location", "/v1/clusters/" + cluster + "/poolers/" + request.name())
                .entity(poolers.create(caller.get(), cluster, request))
                .build();
    }

    @DELETE
    @Path("/clusters/{cluster}/poolers/{pooler}")
    @Operation(summary = "Forgets a pooler, which runs on as it is configured.")
    @Needs(Permission.POOLER_WRITE)
    public void deletePooler(@PathParam("cluster") String cluster, @PathParam("pooler") String pooler) {
        poolers.delete(caller.get(), cluster, pooler);
    }

    @GET
    @Path("/clusters/{cluster}/poolers/{pooler}/pools")
    @Operation(summary = "Asks a pooler for its pools.")
    @Needs(Permission.POOLER_READ)
    public PoolerPoolList listPoolerPools(@PathParam("cluster") String cluster, @PathParam("pooler") String pooler) {
        return new PoolerPoolList(poolers.pools(caller.get(), cluster, pooler));
    }

    @GET
    @Path("/clusters/{cluster}/poolers/{pooler}/clients")
    @Operation(summary = "Asks a pooler for its clients.")
    @Needs(Permission.POOLER_READ)
    public PoolerSocketList listPoolerClients(
            @PathParam("cluster") String cluster, @PathParam("pooler") String pooler) {
        return new PoolerSocketList(poolers.clients(caller.get(), cluster, pooler));
    }

    @GET
    @Path("/clusters/{cluster}/poolers/{pooler}/servers")
    @Operation(summary = "Asks a pooler for its connections to servers.")
    @Needs(Permission.POOLER_READ)
    public PoolerSocketList listPoolerServers(
            @PathParam("cluster") String cluster, @PathParam("pooler") String pooler) {
        return new PoolerSocketList(poolers.servers(caller.get(), cluster, pooler));
    }

    @GET
    @Path("/clusters/{cluster}/poolers/{pooler}/stats")
    @Operation(summary = "Asks a pooler what went through it.")
    @Needs(Permission.POOLER_READ)
    public PoolerStatsList listPoolerStats(@PathParam("cluster") String cluster, @PathParam("pooler") String pooler) {
        return new PoolerStatsList(poolers.stats(caller.get(), cluster, pooler));
    }

    @GET
    @Path("/clusters/{cluster}/poolers/{pooler}/config")
    @Operation(summary = "Compares how a pooler is to be configured for the current primary with how it is.")
    @Needs(Permission.POOLER_READ)
    public PoolerConfig getPoolerConfig(@PathParam("cluster") String cluster, @PathParam("pooler") String pooler) {
        return poolers.config(caller.get(), cluster, pooler);
    }

    @POST
    @Path("/clusters/{cluster}/pooler-controls")
    @Operation(summary = "Pauses, resumes, reconnects, reloads, disables or enables a pooler.")
    public Response controlPooler(
            @PathParam("cluster") String cluster, ControlPooler request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @POST
    @Path("/clusters/{cluster}/pooler-configs")
    @Operation(summary = "Writes a pooler's databases for the current primary, and has the pooler read them.")
    public Response applyPoolerConfig(
            @PathParam("cluster") String cluster, ApplyPoolerConfig request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }
}
