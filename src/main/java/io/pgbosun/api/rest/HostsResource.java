package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.cluster.CreateHost;
import io.pgbosun.cluster.Host;
import io.pgbosun.cluster.Hosts;
import io.pgbosun.store.Page;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
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
@Tag(name = "hosts", description = "Where PostgreSQL's programs run.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class HostsResource {
    private final Hosts hosts;
    private final CurrentCaller caller;

    HostsResource(Hosts hosts, CurrentCaller caller) {
        this.hosts = hosts;
        this.caller = caller;
    }

    @GET
    @Path("/hosts")
    @Operation(summary = "Lists the hosts, by name.")
    @Needs(Permission.HOST_READ)
    public Page<Host> listHosts(
            @QueryParam("pageSize") String pageSize, @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        return hosts.list(caller.get(), Params.page(pageSize, pageToken));
    }

    @GET
    @Path("/hosts/{host}")
    @Operation(summary = "Gets a host.")
    @Needs(Permission.HOST_READ)
    public Host getHost(@PathParam("host") String host) {
        return hosts.get(caller.get(), host);
    }

    @POST
    @Path("/hosts")
    @Operation(summary = "Adds a host.")
    @APIResponseSchema(value = Host.class, responseCode = "201", responseDescription = "What was made.")
    @Needs(Permission.HOST_WRITE)
    public Response createHost(@Valid @NotNull CreateHost request) {
        return Response.status(201)
                .header("Location", "/v1/hosts/" + request.name())
                .entity(hosts.create(caller.get(), request))
                .build();
    }

    @DELETE
    @Path("/hosts/{host}")
    @Operation(summary = "Forgets a host that no instance is on.")
    @Needs(Permission.HOST_WRITE)
    public void deleteHost(@PathParam("host") String host) {
        hosts.delete(caller.get(), host);
    }
}
