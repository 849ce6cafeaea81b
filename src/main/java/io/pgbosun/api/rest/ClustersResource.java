package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.backup.Recover;
import io.pgbosun.cluster.Cluster;
import io.pgbosun.cluster.Clusters;
import io.pgbosun.cluster.Clusters.LabelDatabase;
import io.pgbosun.cluster.Clusters.UpdateCluster;
import io.pgbosun.cluster.Database;
import io.pgbosun.cluster.DeleteCluster;
import io.pgbosun.cluster.Deregister;
import io.pgbosun.cluster.Instance;
import io.pgbosun.cluster.Provision;
import io.pgbosun.cluster.Register;
import io.pgbosun.cluster.ReloadCluster;
import io.pgbosun.cluster.StartCluster;
import io.pgbosun.cluster.StopCluster;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Page;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1")
@Tag(name = "clusters", description = "PostgreSQL clusters, their instances and databases.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class ClustersResource {
    private final Clusters clusters;
    private final Starts starts;
    private final CurrentCaller caller;

    ClustersResource(Clusters clusters, Starts starts, CurrentCaller caller) {
        this.clusters = clusters;
        this.starts = starts;
        this.caller = caller;
    }

    /** A cluster to be made, anew or of a backup, or to be taken under management: exactly one of the three. */
    @Schema(
            description =
                    "A cluster to be made (provision), to be made of a backup (recover) or an existing one to be managed (register): exactly one of the three.")
    public record CreateCluster(
            @NotNull @Schema(description = "1 to 63 lower-case letters, digits or hyphens.", maxLength = 63)
            String name,

            Provision provision,
            Register register,
            Recover recover) {
        /** The only one that is given. */
        OperationSpec spec() {
            var given = Stream.<OperationSpec>of(provision, register, recover)
                    .filter(Objects::nonNull)
                    .toList();
            if (given.size() != 1) {
                throw Problem.invalid(
                        "provision",
                        "exactly one of provision, register and recover must be given",
                        "Give provision for a new cluster, register for an existing one, recover for one made of a backup.");
            }
            return given.getFirst();
        }
    }

    /** The instances of a cluster. */
    @Schema(description = "The instances of a cluster.")
    public record InstanceList(List<Instance> items) {}

    /** Databases. */
    @Schema(description = "Databases.")
    public record DatabaseList(List<Database> items) {}

    @POST
    @Path("/clusters")
    @Operation(summary = "Provisions a new cluster, makes one of a backup, or registers an existing one.")
    public Response createCluster(CreateCluster request, @BeanParam StartParams params) {
        var given = request == null ? new CreateCluster(null, null, null, null) : request;
        return starts.onCluster(given.name(), given.spec(), params);
    }

    @GET
    @Path("/clusters")
    @Operation(summary = "Lists the clusters, by name.")
    @Needs(Permission.CLUSTER_READ)
    public Page<Cluster> listClusters(
            @QueryParam("label") @Size(max = 32) List<@Size(max = 127) String> label,
            @QueryParam("pageSize") String pageSize,
            @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        return clusters.list(caller.get(), Params.labels(label), Params.page(pageSize, pageToken, label));
    }

    @GET
    @Path("/clusters/{cluster}")
    @Operation(summary = "Gets a cluster.")
    @Needs(Permission.CLUSTER_READ)
    public RestResponse<Cluster> getCluster(@PathParam("cluster") String cluster) {
        return tagged(clusters.get(caller.get(), cluster));
    }

    @PATCH
    @Path("/clusters/{cluster}")
    @Operation(summary = "Changes a cluster's labels or policy.")
    @Needs(Permission.CLUSTER_UPDATE)
    public RestResponse<Cluster> updateCluster(
            @PathParam("cluster") String cluster,
            @HeaderParam("If-Match") @Size(max = 100) String ifMatch,
            @Valid @NotNull UpdateCluster request) {
        return tagged(clusters.update(caller.get(), cluster, request, etag(ifMatch)));
    }

    private static RestResponse<Cluster> tagged(Cluster cluster) {
        return RestResponse.ResponseBuilder.ok(cluster)
                .header("ETag", "\"" + cluster.etag() + "\"")
                .build();
    }

    private static String etag(String ifMatch) {
        return ifMatch == null || ifMatch.equals("*") ? null : ifMatch.replace("\"", "");
    }

    @DELETE
    @Path("/clusters/{cluster}")
    @Operation(summary = "Stops a provisioned cluster and removes its data; its backups stay.")
    public Response deleteCluster(
            @PathParam("cluster") String cluster,
            @QueryParam("confirm") @Size(max = 63) String confirm,
            @QueryParam("finalBackupRepository") @Size(max = 63) String finalBackupRepository,
            @BeanParam StartParams params) {
        return starts.onCluster(cluster, new DeleteCluster(confirm, finalBackupRepository), params);
    }

    @POST
    @Path("/clusters/{cluster}/deregister")
    @Operation(summary = "Forgets a cluster; its servers, data and backups stay.")
    public Response deregister(
            @PathParam("cluster") String cluster, Deregister request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @POST
    @Path("/clusters/{cluster}/start")
    @Operation(summary = "Starts every instance that does not run.")
    public Response startCluster(
            @PathParam("cluster") String cluster, StartCluster request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @POST
    @Path("/clusters/{cluster}/stop")
    @Operation(summary = "Stops every instance, standbys first.")
    public Response stopCluster(
            @PathParam("cluster") String cluster, StopCluster request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @POST
    @Path("/clusters/{cluster}/reloads")
    @Operation(summary = "Has instances read their configuration files again.")
    public Response reloadCluster(
            @PathParam("cluster") String cluster, ReloadCluster request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @GET
    @Path("/clusters/{cluster}/instances")
    @Operation(summary = "Asks every instance of a cluster for its role, state and lag.")
    @Needs(Permission.CLUSTER_READ)
    public InstanceList listInstances(@PathParam("cluster") String cluster) {
        return new InstanceList(clusters.instances(caller.get(), cluster));
    }

    @GET
    @Path("/clusters/{cluster}/databases")
    @Operation(summary = "Asks the primary of a cluster for its databases.")
    @Needs(Permission.CLUSTER_READ)
    public DatabaseList listClusterDatabases(@PathParam("cluster") String cluster) {
        return new DatabaseList(clusters.databases(caller.get(), cluster));
    }

    @PUT
    @Path("/clusters/{cluster}/databases/{database}/labels")
    @Operation(summary = "Labels a database, so that a service finds its data by label.")
    @Needs(Permission.CLUSTER_UPDATE)
    public Database labelDatabase(
            @PathParam("cluster") String cluster,
            @PathParam("database") String database,
            @Valid @NotNull LabelDatabase request) {
        return clusters.label(caller.get(), cluster, database, request);
    }

    @GET
    @Path("/databases")
    @Operation(summary = "Finds databases of any cluster by their labels.")
    @Needs(Permission.CLUSTER_READ)
    public DatabaseList findDatabases(@QueryParam("label") @Size(max = 32) List<@Size(max = 127) String> label) {
        return new DatabaseList(clusters.databases(caller.get(), Params.labels(label)));
    }
}
