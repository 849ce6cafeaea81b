package io.pgbosun.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgbosun.operation.Kind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.problem.FieldError;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.SecretModule;
import io.pgbosun.store.Json;
import io.pgbosun.store.JsonProblem;

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
        } catch (JsonMappingException e) {
            throw JsonProblem.of(e, "spec");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that cannot be read as " + kind.spec(), e);
        }
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
