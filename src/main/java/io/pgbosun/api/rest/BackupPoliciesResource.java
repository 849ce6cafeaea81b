package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.backup.BackupPolicies;
import io.pgbosun.backup.BackupPolicy;
import io.pgbosun.backup.CreateBackupPolicy;
import io.pgbosun.backup.Expire;
import io.pgbosun.backup.RetentionPreview;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/v1")
@Tag(name = "backup policies", description = "How long backups are kept.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class BackupPoliciesResource {
    private final BackupPolicies policies;
    private final Starts starts;
    private final CurrentCaller caller;

    BackupPoliciesResource(BackupPolicies policies, Starts starts, CurrentCaller caller) {
        this.policies = policies;
        this.starts = starts;
        this.caller = caller;
    }

    @GET
    @Path("/backup-policies")
    @Operation(summary = "Lists the backup policies, by name.")
    @Needs(Permission.BACKUP_POLICY_READ)
    public Page<BackupPolicy> listBackupPolicies(
            @QueryParam("pageSize") String pageSize, @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        return policies.list(caller.get(), Params.page(pageSize, pageToken));
    }

    @GET
    @Path("/backup-policies/{policy}")
    @Operation(summary = "Gets a backup policy.")
    @Needs(Permission.BACKUP_POLICY_READ)
    public BackupPolicy getBackupPolicy(@PathParam("policy") String policy) {
        return policies.get(caller.get(), policy);
    }

    @POST
    @Path("/backup-policies")
    @Operation(summary = "Makes a backup policy, which removes nothing until an operation names it.")
    @APIResponseSchema(value = BackupPolicy.class, responseCode = "201", responseDescription = "What was made.")
    @Needs(Permission.BACKUP_POLICY_WRITE)
    public Response createBackupPolicy(@Valid @NotNull CreateBackupPolicy request) {
        return Response.status(201)
                .header("Location", "/v1/backup-policies/" + request.name())
                .entity(policies.create(caller.get(), request))
                .build();
    }

    @DELETE
    @Path("/backup-policies/{policy}")
    @Operation(summary = "Forgets a backup policy; what names it is refused from then on.")
    @Needs(Permission.BACKUP_POLICY_WRITE)
    public void deleteBackupPolicy(@PathParam("policy") String policy) {
        policies.delete(caller.get(), policy);
    }

    @GET
    @Path("/clusters/{cluster}/backups/retention-preview")
    @Operation(summary = "Tells which backups of a cluster a policy would remove, and why the others stay.")
    @Needs(Permission.BACKUP_READ)
    public RetentionPreview previewRetention(
            @PathParam("cluster") String cluster, @QueryParam("policy") @Size(max = 63) String policy) {
        return policies.preview(caller.get(), cluster, policy);
    }

    @POST
    @Path("/clusters/{cluster}/expirations")
    @Operation(summary = "Removes the backups that a policy does not keep; never the newest one that is proven.")
    public Response expire(@PathParam("cluster") String cluster, Expire request, @BeanParam StartParams params) {
        return starts.onCluster(cluster, request, params);
    }
}
