package io.pgbosun.api.grpc;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Empty;
import com.google.protobuf.util.Durations;
import io.grpc.stub.StreamObserver;
import io.pgbosun.operation.Ids;
import io.pgbosun.operation.OperationReader;
import io.pgbosun.operation.OperationState;
import io.pgbosun.operation.Operations;
import io.pgbosun.operation.Watch;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Page;
import io.quarkus.grpc.GrpcService;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** The standard service of {@code google/longrunning/operations.proto}, whole. */
@GrpcService
class LongRunningGrpc extends OperationsGrpc.OperationsImplBase {
    private static final Pattern TERM = Pattern.compile("\\s*(\\w+)\\s*=\\s*\"?([^\"\\s]+)\"?\\s*");
    private static final Set<String> FIELDS = Set.of("kind", "target", "state", "principal", "done");
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private final Calls calls;
    private final Operations operations;
    private final OperationReader reader;
    private final Watch watch;
    private final LongRunning longRunning;

    LongRunningGrpc(Calls calls, Operations operations, OperationReader reader, Watch watch, LongRunning longRunning) {
        this.calls = calls;
        this.operations = operations;
        this.reader = reader;
        this.watch = watch;
        this.longRunning = longRunning;
    }

    @Override
    public void listOperations(ListOperationsRequest request, StreamObserver<ListOperationsResponse> observer) {
        calls.answer(observer, caller -> {
            var page = Page.Request.of(request.getPageSize(), request.getPageToken(), request.getFilter());
            var found = reader.list(caller, filter(request.getFilter()), page);
            var answer = ListOperationsResponse.newBuilder();
            found.items().forEach(operation -> answer.addOperations(longRunning.of(operation)));
            return answer.setNextPageToken(found.nextPageToken() == null ? "" : found.nextPageToken())
                    .build();
        });
    }

    /** The part of AIP-160 that is needed here: {@code field = "value"} joined by AND. */
    private static OperationReader.Filter filter(String text) {
        Map<String, String> terms = new HashMap<>();
        for (var term : text.isBlank() ? new String[0] : text.split("\\bAND\\b")) {
            var matcher = TERM.matcher(term);
            if (!matcher.matches() || !FIELDS.contains(matcher.group(1))) {
                throw Problem.invalid(
                        "filter",
                        "must be terms such as state = \"RUNNING\", joined by AND, over kind, target, state, principal and done",
                        "Change the filter.");
            }
            terms.put(matcher.group(1), matcher.group(2));
        }
        var done = terms.get("done");
        if (done != null && !done.equals("true") && !done.equals("false")) {
            throw Problem.invalid("filter", "done must be true or false", "Choose one of them.");
        }
        return new OperationReader.Filter(
                terms.get("kind"),
                terms.get("target"),
                state(terms.get("state")),
                terms.get("principal"),
                done == null ? null : Boolean.valueOf(done));
    }

    private static OperationState state(String name) {
        return name == null
                ? null
                : Arrays.stream(OperationState.values())
                        .filter(state -> state.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> Problem.invalid(
                                "filter",
                                "state must be one of " + Arrays.toString(OperationState.values()),
                                "Choose one of them."));
    }

    @Override
    public void getOperation(GetOperationRequest request, StreamObserver<Operation> observer) {
        calls.answer(observer, caller -> longRunning.of(reader.get(caller, id(request.getName()))));
    }

    @Override
    public void cancelOperation(CancelOperationRequest request, StreamObserver<Empty> observer) {
        calls.empty(observer, caller -> operations.cancel(caller, id(request.getName())));
    }

    @Override
    public void deleteOperation(DeleteOperationRequest request, StreamObserver<Empty> observer) {
        calls.empty(observer, caller -> operations.forget(caller, id(request.getName())));
    }

    /** Waits as long as asked, a minute at most, and then answers the operation as it is. */
    @Override
    public void waitOperation(WaitOperationRequest request, StreamObserver<Operation> observer) {
        calls.answer(observer, caller -> {
            var atMost = request.hasTimeout() ? atMost(request.getTimeout()) : LONGEST_WAIT;
            try (var place = calls.watching(caller)) {
                return longRunning.of(watch.await(caller, id(request.getName()), atMost));
            }
        });
    }

    private static Duration atMost(com.google.protobuf.Duration asked) {
        if (!Durations.isValid(asked) || Durations.isNegative(asked)) {
            throw Problem.invalid("timeout", "must be a time of 0 s or more", "Ask for 0s to 60s.");
        }
        var wait = Duration.ofSeconds(asked.getSeconds(), asked.getNanos());
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    private static UUID id(String name) {
        return Ids.parse("name", LongRunning.id(name));
    }
}
