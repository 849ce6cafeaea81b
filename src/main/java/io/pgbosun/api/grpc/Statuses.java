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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Problems as statuses: {@code google.rpc.ErrorInfo} always (AIP-193), BadRequest for fields, RetryInfo where it helps. */
final class Statuses {
    private static final String DOMAIN = "pgbosun.io";

    /**
     * Clients take 8 KiB of trailers, in which a byte may need three and all is told twice; longer ones break the
     * connection.
     */
    private static final int MESSAGE_BYTES = 600;

    private static final int FACT_BYTES = 300;
    private static final int VIOLATIONS_BYTES = 1_200;

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
        problem.facts().forEach((name, value) -> info.putMetadata(name, shortened(String.valueOf(value), FACT_BYTES)));
        var status = Status.newBuilder()
                .setCode(type.grpcCode)
                .setMessage(shortened(problem.detail(), MESSAGE_BYTES))
                .addDetails(Any.pack(info.build()));
        if (!problem.errors().isEmpty()) {
            var bad = BadRequest.newBuilder();
            for (var error : problem.errors()) {
                bad.addFieldViolationsBuilder()
                        .setField(shortened(error.field(), FACT_BYTES))
                        .setDescription(shortened(error.rule() + ". " + error.remedy(), FACT_BYTES));
                if (bad.buildPartial().getSerializedSize() > VIOLATIONS_BYTES) {
                    break;
                }
            }
            status.addDetails(Any.pack(bad.build()));
        }
        if (type.retry == ProblemType.Retry.LATER) {
            var delay = Duration.newBuilder().setSeconds(Problem.retryAfterSeconds(problem.facts()));
            status.addDetails(
                    Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()));
        }
        return status.build();
    }

    private static String shortened(String text, int bytes) {
        var kept = text.length();
        while (text.substring(0, kept).getBytes(StandardCharsets.UTF_8).length > bytes) {
            kept = Math.min(kept - 1, Math.max(bytes / 3, kept * 3 / 4));
        }
        return kept == text.length() ? text : text.substring(0, kept) + "…";
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
