package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.schedule.CreateSchedule;
import io.pgbosun.schedule.Schedule;
import io.pgbosun.schedule.Schedules;
import io.pgbosun.schedule.UpdateSchedule;
import io.pgbosun.store.Page;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
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

@Path("/v1/schedules")
@Tag(name = "schedules", description = "Operations that the clock starts.")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
class SchedulesResource {
    private final Schedules schedules;
    private final CurrentCaller caller;

    SchedulesResource(Schedules schedules, CurrentCaller caller) {
        this.schedules = schedules;
        this.caller = caller;
    }

    @GET
    @Operation(summary = "Lists the schedules, by name.")
    @Needs(Permission.SCHEDULE_READ)
    public Page<Schedule> listSchedules(
            @QueryParam("pageSize") String pageSize, @QueryParam("pageToken") @Size(max = 500) String pageToken) {
        return schedules.list(caller.get(), Params.page(pageSize, pageToken));
    }

    @GET
    @Path("/{schedule}")
    @Operation(summary = "Gets a schedule, with when it fires next and what came of its last firing.")
    @Needs(Permission.SCHEDULE_READ)
    public Schedule getSchedule(@PathParam("schedule") String schedule) {
        return schedules.get(caller.get(), schedule);
    }

    @POST
    @Operation(summary = "Makes a schedule of an operation that the caller may start.")
    @APIResponseSchema(value = Schedule.class, responseCode = "201", responseDescription = "What was made.")
    @Needs(Permission.SCHEDULE_WRITE)
    public Response createSchedule(@Valid @NotNull CreateSchedule request) {
        return Response.status(201)
                .header("Location", "/v1/schedules/" + request.name())
                .entity(schedules.create(caller.get(), request))
                .build();
    }

    @PATCH
    @Path("/{schedule}")
    @Operation(summary = "Changes when a schedule fires, pauses it, or lets it go on.")
    @Needs(Permission.SCHEDULE_WRITE)
    public Schedule updateSchedule(@PathParam("schedule") String schedule, @Valid @NotNull UpdateSchedule request) {
        return schedules.update(caller.get(), schedule, request);
    }

    @DELETE
    @Path("/{schedule}")
    @Operation(summary = "Forgets a schedule; what it has started goes on.")
    @Needs(Permission.SCHEDULE_WRITE)
    public void deleteSchedule(@PathParam("schedule") String schedule) {
        schedules.delete(caller.get(), schedule);
    }
}
