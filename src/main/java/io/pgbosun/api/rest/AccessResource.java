package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.audit.AuditEntry;
import io.pgbosun.audit.AuditReader;
import io.pgbosun.operation.Ids;
import io.pgbosun.store.Page;
import io.pgbosun.token.CreateToken;
import io.pgbosun.token.CreatedToken;
import io.pgbosun.token.Token;
import io.pgbosun.token.Tokens;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
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
@Tag(name = "access", description = "Tokens and the audit trail.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class AccessResource {
    private final Tokens tokens;
    private final AuditReader audit;
    private final CurrentCaller caller;

    AccessResource(Tokens tokens, AuditReader audit, CurrentCaller caller) {
        this.tokens = tokens;
        this.audit = audit;
        this.caller = caller;
    }

    @POST
    @Path("/tokens")
    @Operation(summary = "Makes a token; its value is shown this once.")
    @APIResponseSchema(value = CreatedToken.class, responseCode = "201", responseDescription = "What was made.")
    @Needs(Permission.TOKEN_WRITE)
    public Response createToken(@Valid @NotNull CreateToken request) {
        CreatedToken created = tokens.create(caller.get(), request);
        return Response.status(201).entity(created).build();
    }

    @GET
    @Path("/tokens")
    @Operation(summary = "Lists the tokens, without their values.")
    @Needs(Permission.TOKEN_READ)
    public Page<Token> listTokens(
            @QueryParam("pageSize") String pageSize, @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        return tokens.list(caller.get(), Params.page(pageSize, pageToken));
    }

    @POST
    @Path("/tokens/{token}/revoke")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Makes a token worthless at once.")
    @Needs(Permission.TOKEN_WRITE)
    public Token revokeToken(@PathParam("token") String token) {
        return tokens.revoke(caller.get(), Ids.parse("token", token));
    }

    @GET
    @Path("/audit-entries")
    @Operation(summary = "Searches the audit trail, newest first.")
    @Needs(Permission.AUDIT_READ)
    public Page<AuditEntry> listAuditEntries(
            @QueryParam("principal") @Size(max = 100) String principal,
            @QueryParam("action") @Size(max = 63) String action,
            @QueryParam("target") @Size(max = 200) String target,
            @QueryParam("operation") @Size(max = 36) String operation,
            @QueryParam("since") String since,
            @QueryParam("until") String until,
            @QueryParam("pageSize") String pageSize,
            @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        var filter = new AuditReader.Filter(
                principal,
                action,
                target,
                operation == null ? null : Ids.parse("operation", operation),
                StartParams.time("since", since),
                StartParams.time("until", until));
        return audit.list(caller.get(), filter, Params.page(pageSize, pageToken, filter));
    }
}
