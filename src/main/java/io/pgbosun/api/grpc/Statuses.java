package io.pgbosun.api.grpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemBody;
import io.pgbosun.problem.ProblemType;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Problems as statuses: {@code google.rpc.ErrorInfo} always (AIP-193), BadRequest for fields, RetryInfo where it helps. */
final class Statuses {
    private static final String DOMAIN = "pgbosun.io";

    private Statuses() {}

    static StatusRuntimeException exception(Problem problem) {
        return StatusProto.toStatusRuntimeException(status(ProblemBody.of(problem)));
    }

    static Status status(ProblemBody problem) {
        var type = Arrays.stream(ProblemType.values())
                .filter(candidate -> candidate.uri().equals(problem.type()))
                .findFirst()
                .orElse(ProblemType.BUG);
        var info =
                ErrorInfo.newBuilder().setReason(type.name()).setDomain(DOMAIN).putMetadata("type", problem.type());
        problem.facts().forEach((name, value) -> info.putMetadata(name, String.valueOf(value)));
        var status = Status.newBuilder()
                .setCode(type.grpcCode)
                .setMessage(problem.detail())
                .addDetails(Any.pack(info.build()));
        if (!problem.errors().isEmpty()) {
            var bad = BadRequest.newBuilder();
            problem.errors()
                    .forEach(error -> bad.addFieldViolationsBuilder()
                            .setField(error.field())
                            .setDescription(error.rule() + ". " + error.remedy()));
            status.addDetails(Any.pack(bad.build()));
        }
        if (type.retry == ProblemType.Retry.LATER) {
            var delay = Duration.newBuilder().setSeconds(Problem.retryAfterSeconds(problem.facts()));
            status.addDetails(
                    Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()));
        }
        return status.build();
    }

    /** A message that no record can be made of: an empty enum or a text that is no UUID. */
    static Problem read(JsonProcessingException e) {
        var path = e instanceof JsonMappingException mapping
                ? StreamSupport.stream(mapping.getPath().spliterator(), false)
                        .map(reference -> reference.getFieldName() == null
                                ? "[" + reference.getIndex() + "]"
                                : reference.getFieldName())
                        .collect(Collectors.joining("."))
                : "request";
        return Problem.invalid(path, "cannot be read", "Change the value and send it again.");
    }
}
