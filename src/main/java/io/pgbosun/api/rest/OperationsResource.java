package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.Ids;
import io.pgbosun.operation.Operation;
import io.pgbosun.operation.OperationEvent;
import io.pgbosun.operation.OperationReader;
import io.pgbosun.operation.OperationState;
import io.pgbosun.operation.Operations;
import io.pgbosun.operation.Watch;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Page;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/v1")
@Tag(name = "operations", description = "Everything that takes time: watch it, cancel it, approve it, try it again.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class OperationsResource {
    private static final Pattern EVENT_NUMBER = Pattern.compile("[0-9]{1,18}");

    private final Operations operations;
    private final OperationReader reader;
    private final Watch watch;
    private final CurrentCaller caller;
    private final Watching watching;
    private final EventWriter writer;

    OperationsResource(
            Operations operations,
            OperationReader reader,
            Watch watch,
            CurrentCaller caller,
            Watching watching,
            EventWriter writer) {
        this.operations = operations;
        this.reader = reader;
        this.watch = watch;
        this.caller = caller;
        this.watching = watching;
        this.writer = writer;
    }

    /** Events of an operation. */
    @Schema(description = "Events of an operation, oldest first; go on after the last one's number.")
    public record EventList(List<OperationEvent> items) {}

    /** An approval. */
    @Schema(description = "An approval of the very plan that was made.")
    public record ApproveOperation(
            @NotNull
            @Schema(description = "The planDigest of the operation, to show that this plan is meant.", maxLength = 64)
            String planDigest,

            @Size(max = 500) String comment) {}

    /** A rejection. */
    @Schema(description = "A rejection.")
    public record RejectOperation(@Size(max = 500) String comment) {}

    /** What a person found. */
    @Schema(description = "What a person found out about an operation that is stuck.")
    public record ResolveOperation(
            @NotNull Operations.Resolution resolution,

            @NotNull @Size(max = 2000) @Schema(description = "How you know; kept in the audit trail.")
            String evidence) {}

    @GET
    @Path("/operations")
    @org.eclipse.microprofile.openapi.annotations.Operation(summary = "Lists operations, newest first.")
    @Needs(Permission.OPERATION_READ)
    public Page<Operation> listOperations(
            @QueryParam("kind") @Size(max = 63) String kind,
            @QueryParam("target") @Size(max = 200) String target,
            @QueryParam("state") @Schema(implementation = OperationState.class) String state,
            @QueryParam("principal") @Size(max = 100) String principal,
            @QueryParam("done") @Schema(type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.BOOLEAN)
                    String done,
            @QueryParam("pageSize") String pageSize,
            @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        var filter = new OperationReader.Filter(
                kind,
                target,
                Params.constant(OperationState.class, "state", state),
                principal,
                Params.optionalBool("done", done));
        return reader.list(caller.get(), filter, Params.page(pageSize, pageToken, filter));
    }

    @GET
    @Path("/operations/{operation}")
    @org.eclipse.microprofile.openapi.annotations.Operation(
            summary = "Gets an operation; with wait, answers when it has ended or the time is up.")
    @Needs(Permission.OPERATION_READ)
    public Operation getOperation(@PathParam("operation") String id, @QueryParam("wait") String wait)
            throws InterruptedException {
        var atMost = Params.wait(wait);
        if (atMost.isZero()) {
            return watch.await(caller.get(), Ids.parse("operation", id), atMost);
        }
        try (var place = watching.begin()) {
            return watch.await(caller.get(), Ids.parse("operation", id), atMost);
        }
    }

    @GET
    @Path("/operations/{operation}/events")
    @org.eclipse.microprofile.openapi.annotations.Operation(
            summary = "Lists the events of an operation after a number.")
    @Needs(Permission.OPERATION_READ)
    public EventList listOperationEvents(@PathParam("operation") String id, @QueryParam("after") String after) {
        return new EventList(reader.events(caller.get(), Ids.parse("operation", id), number("after", after)));
    }

    @GET
    @Path("/operations/{operation}/watch")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @org.eclipse.microprofile.openapi.annotations.Operation(
            summary = "Streams the events of an operation until it has ended (server-sent events).")
    @Needs(Permission.OPERATION_READ)
    @org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema(
            value = OperationEvent.class,
            responseCode = "200",
            responseDescription = "A stream of events; the id of each is its number.")
    public void watchOperation(
            @PathParam("operation") String id,
            @HeaderParam("Last-Event-ID") String lastEventId,
            @Context Sse sse,
            @Context SseEventSink sink)
            throws InterruptedException {
        var operation = Ids.parse("operation", id);
        var after = number("Last-Event-ID", lastEventId);
        reader.get(caller.get(), operation); // refused with a status, as long as no stream has begun
        try (var place = watching.begin();
                sink) {
            var response = writer.begin(sink, sse);
            watch.follow(
                    caller.get(), operation, after, events -> writer.sent(response, events), () -> !sink.isClosed());
        }
    }

    private static long number(String name, String text) {
        if (text == null || text.isEmpty()) {
            return 0;
        }
        if (!EVENT_NUMBER.matcher(text).matches()) {
            throw Problem.invalid(
                    name, "must be the number of an event", "Send the id of the last event you have seen.");
        }
        return Long.parseLong(text);
    }

    @POST
    @Path("/operations/{operation}/cancel")
    @Consumes(MediaType.WILDCARD)
    @org.eclipse.microprofile.openapi.annotations.Operation(
            summary = "Asks an operation to stop; see its cancelEffect for what that leaves.")
    @Needs(Permission.OPERATION_CONTROL)
    public Operation cancelOperation(@PathParam("operation") String id) {
        return operations.cancel(caller.get(), Ids.parse("operation", id));
    }

    @jakarta.ws.rs.DELETE
    @Path("/operations/{operation}")
    @org.eclipse.microprofile.openapi.annotations.Operation(
            summary = "Forgets an operation that has ended; its audit entries stay.")
    @Needs(Permission.OPERATION_CONTROL)
    public void deleteOperation(@PathParam("operation") String id) {
        operations.forget(caller.get(), Ids.parse("operation", id));
    }

    @POST
    @Path("/operations/{operation}/approve")
    @org.eclipse.microprofile.openapi.annotations.Operation(
            summary = "Approves an operation that another person asked for.")
    @Needs(Permission.OPERATION_APPROVE)
    public Operation approveOperation(
            @PathParam("operation") String id, @jakarta.validation.Valid @NotNull ApproveOperation request) {
        return operations.approve(caller.get(), Ids.parse("operation", id), request.planDigest(), request.comment());
    }

    @POST
    @Path("/operations/{operation}/reject")
    @org.eclipse.microprofile.openapi.annotations.Operation(
            summary = "Rejects an operation that another person asked for.")
    @Needs(Permission.OPERATION_APPROVE)
    public Operation rejectOperation(
            @PathParam("operation") String id, @jakarta.validation.Valid @NotNull RejectOperation request) {
        return operations.reject(caller.get(), Ids.parse("operation", id), request.comment());
    }

    @POST
    @Path("/operations/{operation}/retry")
    @Consumes(MediaType.WILDCARD)
    @org.eclipse.microprofile.openapi.annotations.Operation(
            summary = "Starts the same again, as a new operation with retryOf.")
    @Needs(Permission.OPERATION_CONTROL)
    @org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema(
            value = Operation.class,
            responseCode = "202",
            responseDescription = "The new operation.")
    public jakarta.ws.rs.core.Response retryOperation(
            @PathParam("operation") String id, @HeaderParam("Idempotency-Key") @Size(max = 257) String idempotencyKey) {
        var operation = operations.retry(caller.get(), Ids.parse("operation", id), StartParams.key(idempotencyKey));
        return jakarta.ws.rs.core.Response.accepted(operation)
                .header("Location", "/v1/operations/" + operation.id())
                .header("Retry-After", 1)
                .build();
    }

    @POST
    @Path("/operations/{operation}/resolve")
    @org.eclipse.microprofile.openapi.annotations.Operation(
            summary = "Says what became of an operation that is stuck, or has it tried again.")
    @Needs(Permission.OPERATION_RESOLVE)
    public Operation resolveOperation(
            @PathParam("operation") String id, @jakarta.validation.Valid @NotNull ResolveOperation request) {
        return operations.resolve(caller.get(), Ids.parse("operation", id), request.resolution(), request.evidence());
    }
}
