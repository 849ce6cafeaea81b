package io.pgbosun.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import io.pgbosun.operation.Kind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.problem.FieldError;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.SecretModule;
import io.pgbosun.store.Json;
import java.util.stream.Collectors;

/** Reads the parameters of a kind as callers send them; what is wrong is told by name, below {@code spec}. */
final class SpecReader {
    private static final ObjectMapper MAPPER = Json.strict(SecretModule.redacting());

    private SpecReader() {}

    static OperationSpec read(Kind kind, JsonNode spec) {
        if (!spec.isObject()) {
            throw Problem.invalid("spec", "must be an object", "Send {} to take every default.");
        }
        try {
            return MAPPER.treeToValue(spec, kind.spec());
        } catch (PropertyBindingException e) {
            throw Problem.invalid(
                    path(e),
                    "is not known here",
                    "Leave it out; known are "
                            + e.getKnownPropertyIds().stream()
                                    .map(String::valueOf)
                                    .sorted()
                                    .collect(Collectors.joining(", "))
                            + ".");
        } catch (JsonMappingException e) {
            throw Problem.invalid(path(e), "cannot be read", "Change the value and send it again.");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that cannot be read as " + kind.spec(), e);
        }
    }

    private static String path(JsonMappingException e) {
        return "spec"
                + e.getPath().stream()
                        .map(at -> at.getFieldName() == null ? "[" + at.getIndex() + "]" : "." + at.getFieldName())
                        .collect(Collectors.joining());
    }

    /** The same problem, with its fields named as parts of {@code spec}. */
    static Problem within(Problem problem) {
        if (problem.type() != ProblemType.INVALID || problem.errors().isEmpty()) {
            return problem;
        }
        return Problem.invalid(problem.errors().stream()
                .map(error -> new FieldError("spec." + error.field(), error.rule(), error.remedy()))
                .toList());
    }
}
