package io.pgbosun.api.grpc;

import com.google.protobuf.Empty;
import io.grpc.stub.StreamObserver;
import io.pgbosun.schedule.CreateSchedule;
import io.pgbosun.schedule.Schedules;
import io.pgbosun.schedule.UpdateSchedule;
import io.pgbosun.v1.CreateScheduleRequest;
import io.pgbosun.v1.DeleteScheduleRequest;
import io.pgbosun.v1.GetScheduleRequest;
import io.pgbosun.v1.ListSchedulesRequest;
import io.pgbosun.v1.ListSchedulesResponse;
import io.pgbosun.v1.Schedule;
import io.pgbosun.v1.ScheduleServiceGrpc;
import io.pgbosun.v1.UpdateScheduleRequest;
import io.quarkus.grpc.GrpcService;

@GrpcService
class ScheduleGrpc extends ScheduleServiceGrpc.ScheduleServiceImplBase {
    private final Calls calls;
    private final Schedules schedules;

    ScheduleGrpc(Calls calls, Schedules schedules) {
        this.calls = calls;
        this.schedules = schedules;
    }

    @Override
    public void listSchedules(ListSchedulesRequest request, StreamObserver<ListSchedulesResponse> observer) {
        calls.record(
                observer,
                ListSchedulesResponse.getDefaultInstance(),
                caller -> schedules.list(caller, Calls.page(request)));
    }

    @Override
    public void getSchedule(GetScheduleRequest request, StreamObserver<Schedule> observer) {
        calls.record(observer, Schedule.getDefaultInstance(), caller -> schedules.get(caller, request.getSchedule()));
    }

    @Override
    public void createSchedule(CreateScheduleRequest request, StreamObserver<Schedule> observer) {
        calls.record(
                observer,
                Schedule.getDefaultInstance(),
                caller -> schedules.create(caller, calls.read(request.getSchedule(), CreateSchedule.class)));
    }

    @Override
    public void updateSchedule(UpdateScheduleRequest request, StreamObserver<Schedule> observer) {
        calls.record(
                observer,
                Schedule.getDefaultInstance(),
                caller -> schedules.update(
                        caller, request.getSchedule(), calls.read(request.getUpdate(), UpdateSchedule.class)));
    }

    @Override
    public void deleteSchedule(DeleteScheduleRequest request, StreamObserver<Empty> observer) {
        calls.empty(observer, caller -> schedules.delete(caller, request.getSchedule()));
    }
}
