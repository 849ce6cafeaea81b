package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.backup.Backup;
import io.pgbosun.backup.BackupHold.HoldBackup;
import io.pgbosun.backup.Backups;
import io.pgbosun.backup.CreateRepository;
import io.pgbosun.backup.DeleteBackup;
import io.pgbosun.backup.Drill;
import io.pgbosun.backup.KeyRing;
import io.pgbosun.backup.KeyRing.BackupKey;
import io.pgbosun.backup.KeyRing.BackupKeyList;
import io.pgbosun.backup.Reconcile;
import io.pgbosun.backup.Repositories;
import io.pgbosun.backup.Repository;
import io.pgbosun.backup.RestoreBackup;
import io.pgbosun.backup.RestorePoint;
import io.pgbosun.backup.RunDrill;
import io.pgbosun.backup.TakeBackup;
import io.pgbosun.operation.Ids;
import io.pgbosun.operation.Target;
import io.pgbosun.store.Page;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/v1")
@Tag(name = "backups", description = "Backups, restores and drills, and the repositories they live in.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class BackupsResource {
    private final Backups backups;
    private final Repositories repositories;
    private final KeyRing keys;
    private final Starts starts;
    private final CurrentCaller caller;

    BackupsResource(Backups backups, Repositories repositories, KeyRing keys, Starts starts, CurrentCaller caller) {
        this.backups = backups;
        this.repositories = repositories;
        this.keys = keys;
        this.starts = starts;
        this.caller = caller;
    }

    @POST
    @Path("/clusters/{cluster}/backups")
    @Operation(summary = "Takes a backup.")
    public Response backup(@PathParam("cluster") String cluster, TakeBackup request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @GET
    @Path("/clusters/{cluster}/backups")
    @Operation(summary = "Lists the backups of a cluster, newest first; those of a deleted cluster too.")
    @Needs(Permission.BACKUP_READ)
    public Page<Backup> listClusterBackups(
            @PathParam("cluster") String cluster,
            @QueryParam("pageSize") String pageSize,
            @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        return backups.list(caller.get(), Target.cluster(cluster).id(), Params.page(pageSize, pageToken, cluster));
    }

    @GET
    @Path("/backups")
    @Operation(summary = "Lists the backups of all clusters, newest first.")
    @Needs(Permission.BACKUP_READ)
    public Page<Backup> listBackups(
            @QueryParam("pageSize") String pageSize, @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        return backups.list(caller.get(), null, Params.page(pageSize, pageToken));
    }

    @GET
    @Path("/backups/{backup}")
    @Operation(summary = "Gets a backup.")
    @Needs(Permission.BACKUP_READ)
    public Backup getBackup(@PathParam("backup") String backup) {
        return backups.get(caller.get(), Ids.parse("backup", backup));
    }

    @DELETE
    @Path("/backups/{backup}")
    @Operation(summary = "Removes a backup; never the newest one that a drill has proven.")
    public Response deleteBackup(@PathParam("backup") String backup, @BeanParam StartParams params) {
        return starts.on(Target.backup(Ids.parse("backup", backup)), new DeleteBackup(), params);
    }

    @PUT
    @Path("/backups/{backup}/hold")
    @Operation(summary = "Keeps a backup from being removed, by rule or by hand.")
    @Needs(Permission.BACKUP_CREATE)
    public Backup holdBackup(@PathParam("backup") String backup, @Valid @NotNull HoldBackup request) {
        return backups.hold(caller.get(), Ids.parse("backup", backup), request);
    }

    @DELETE
    @Path("/backups/{backup}/hold")
    @Operation(summary = "Lets a backup go that was held.")
    @Needs(Permission.BACKUP_DELETE)
    public void releaseBackup(@PathParam("backup") String backup) {
        backups.release(caller.get(), Ids.parse("backup", backup));
    }

    @POST
    @Path("/clusters/{cluster}/restores")
    @Operation(summary = "Restores a database of a backup aside, and swaps it in on request.")
    public Response restore(
            @PathParam("cluster") String cluster, RestoreBackup request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @POST
    @Path("/clusters/{cluster}/restore-points")
    @Operation(summary = "Names a point in the WAL that the cluster can be recovered to.")
    public Response restorePoint(
            @PathParam("cluster") String cluster, RestorePoint request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @POST
    @Path("/clusters/{cluster}/drills")
    @Operation(summary = "Proves a backup by restoring it into a scratch instance.")
    public Response drill(@PathParam("cluster") String cluster, RunDrill request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }

    @GET
    @Path("/clusters/{cluster}/drills")
    @Operation(summary = "Lists the drills of a cluster, newest first.")
    @Needs(Permission.CLUSTER_READ)
    public Page<Drill> listDrills(
            @PathParam("cluster") String cluster,
            @QueryParam("pageSize") String pageSize,
            @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        return backups.drills(caller.get(), cluster, Params.page(pageSize, pageToken, cluster));
    }

    @GET
    @Path("/repositories")
    @Operation(summary = "Lists the repositories, by name.")
    @Needs(Permission.REPOSITORY_READ)
    public Page<Repository> listRepositories(
            @QueryParam("pageSize") String pageSize, @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        return repositories.list(caller.get(), Params.page(pageSize, pageToken));
    }

    @GET
    @Path("/repositories/{repository}")
    @Operation(summary = "Gets a repository.")
    @Needs(Permission.REPOSITORY_READ)
    public Repository getRepository(@PathParam("repository") String repository) {
        return repositories.get(caller.get(), repository);
    }

    @POST
    @Path("/repositories")
    @Operation(summary = "Adds a repository, after probing it.")
    @APIResponseSchema(value = Repository.class, responseCode = "201", responseDescription = "What was made.")
    @Needs(Permission.REPOSITORY_WRITE)
    public Response createRepository(@Valid @NotNull CreateRepository request) {
        return Response.status(201)
                .header("Location", "/v1/repositories/" + request.name())
                .entity(repositories.create(caller.get(), request))
                .build();
    }

    @DELETE
    @Path("/repositories/{repository}")
    @Operation(summary = "Forgets a repository that holds no backups.")
    @Needs(Permission.REPOSITORY_WRITE)
    public void deleteRepository(@PathParam("repository") String repository) {
        repositories.delete(caller.get(), repository);
    }

    @GET
    @Path("/backup-keys")
    @Operation(summary = "Lists the keys that backups are encrypted with; never the keys themselves.")
    @Needs(Permission.REPOSITORY_READ)
    public BackupKeyList listBackupKeys() {
        return keys.list(caller.get());
    }

    @POST
    @Path("/backup-keys")
    @Operation(summary = "Adds a key that backups are encrypted with from now on; the others stay to decrypt.")
    @APIResponseSchema(value = BackupKey.class, responseCode = "201", responseDescription = "What was made.")
    @Needs(Permission.REPOSITORY_WRITE)
    public Response rotateBackupKeys() {
        return Response.status(201).entity(keys.rotate(caller.get())).build();
    }

    @POST
    @Path("/repositories/{repository}/reconciliations")
    @Operation(summary = "Compares the catalogue with what a repository really holds.")
    public Response reconcile(
            @PathParam("repository") String repository, Reconcile request, @BeanParam StartParams params) {
        return starts.on(Target.repository(repository), request, params);
    }
}
