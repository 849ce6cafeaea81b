package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.chatops.ChatUser;
import io.pgbosun.chatops.ChatUsers;
import io.pgbosun.chatops.CreateChatUser;
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
@Tag(name = "chat", description = "Slash commands, and who may give them.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class ChatUsersResource {
    private final ChatUsers users;
    private final CurrentCaller caller;

    ChatUsersResource(ChatUsers users, CurrentCaller caller) {
        this.users = users;
        this.caller = caller;
    }

    @POST
    @Path("/chat/users")
    @Operation(summary = "Lets a user of the chat in, as a principal with grants.")
    @APIResponseSchema(value = ChatUser.class, responseCode = "201", responseDescription = "Who was let in.")
    @Needs(Permission.CHAT_USER_WRITE)
    public Response createChatUser(@Valid @NotNull CreateChatUser request) {
        return Response.status(201).entity(users.create(caller.get(), request)).build();
    }

    @GET
    @Path("/chat/users")
    @Operation(summary = "Lists the users of the chat that are let in, by id.")
    @Needs(Permission.CHAT_USER_READ)
    public Page<ChatUser> listChatUsers(
            @QueryParam("pageSize") String pageSize, @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        return users.list(caller.get(), Params.page(pageSize, pageToken));
    }

    @DELETE
    @Path("/chat/users/{user}")
    @Operation(summary = "Shuts a user of the chat out, at once.")
    @Needs(Permission.CHAT_USER_WRITE)
    public void deleteChatUser(@PathParam("user") String user) {
        users.delete(caller.get(), user);
    }
}
