package io.pgbosun.api.rest;

import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Operations;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;

/** Starts or previews an operation of any kind: 202 with the operation and where to watch it, or 200 with the plan. */
@Singleton
class Starts {
    private final Operations operations;
    private final CurrentCaller caller;

    Starts(Operations operations, CurrentCaller caller) {
        this.operations = operations;
        this.caller = caller;
    }

    Response onCluster(String cluster, OperationSpec spec, StartParams params) {
        return on(Target.cluster(cluster), spec, params);
    }

    Response on(Target target, OperationSpec spec, StartParams params) {
        if (spec == null) {
            throw Problem.invalid("body", "must be a JSON object", "Send {} to take every default.");
        }
        if (params.previewed()) {
            return Response.ok(operations.preview(caller.get(), target, spec)).build();
        }
        var operation = operations.start(caller.get(), target, spec, params.options());
        return Response.accepted(operation)
                .header("Location", "/v1/operations/" + operation.id())
                .header("Retry-After", 1)
                .build();
    }
}
