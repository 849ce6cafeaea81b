package io.pgbosun.api.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.pgbosun.access.Caller;
import io.pgbosun.access.RateLimits;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.operation.Violations;
import io.pgbosun.problem.FieldError;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemBody;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.JsonProblem;
import io.pgbosun.store.Store;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns whatever went wrong into an answer of {@code application/problem+json} (RFC 9457). */
class Problems {
    static final MediaType PROBLEM_JSON = new MediaType("application", "problem+json");
    private static final Logger LOG = Logger.getLogger(Problems.class);

    private final Store store;
    private final AuditTrail audit;
    private final RateLimits limits;
    private final CurrentVertxRequest current;

    Problems(Store store, AuditTrail audit, RateLimits limits, CurrentVertxRequest current) {
        this.store = store;
        this.audit = audit;
        this.limits = limits;
        this.current = current;
    }

    @ServerExceptionMapper
    public Response problem(Problem problem, ContainerRequestContext request) {
        if (problem.type() == ProblemType.DENIED
                && request.getProperty(CurrentCaller.CALLER) instanceof Caller caller) {
            audit.denied(
                    store,
                    caller,
                    request.getMethod() + " "
                            + request.getUriInfo().getRequestUri().getRawPath(),
                    problem);
        }
        return answer(problem.type() == ProblemType.UNAUTHENTICATED ? ofStranger(problem) : problem);
    }

    /** Whoever guesses tokens is told to slow down; callers with a token are not, wherever they come from. */
    private Problem ofStranger(Problem problem) {
        try {
            var address = current.getCurrent().request().remoteAddress();
            limits.spendOfStranger(address == null ? "" : address.hostAddress()).require();
            return problem;
        } catch (Problem tooMany) {
            return tooMany;
        }
    }

    @ServerExceptionMapper
    public Response json(JsonProcessingException e) {
        return answer(read(e));
    }

    @ServerExceptionMapper
    public Response mismatched(MismatchedInputException e) {
        return answer(read(e));
    }

    @ServerExceptionMapper
    public Response violations(ConstraintViolationException e) {
        return answer(Problem.invalid(e.getConstraintViolations().stream()
                .map(Violations::error)
                .map(error -> new FieldError(parameter(error.field()), error.rule(), error.remedy()))
                .toList()));
    }

    /** Without the names of the Java method and, for the body, of the parameter that come first. */
    private static String parameter(String path) {
        var parts = path.split("\\.", 3);
        if (!parts[1].equals("request")) {
            return parts[1];
        }
        return parts.length < 3 ? "body" : parts[2];
    }

    @ServerExceptionMapper
    public Response web(WebApplicationException e) {
        if (e.getCause() instanceof JsonProcessingException json) {
            return answer(read(json));
        }
        var status = e.getResponse().getStatus();
        if (status >= 300 && status < 400) {
            return e.getResponse();
        }
        return answer(
                switch (status) {
                    case 404 ->
                        Problem.of(
                                ProblemType.NOT_FOUND,
                                "There is nothing at this path; see /q/openapi for what there is.");
                    case 405 ->
                        Problem.of(ProblemType.NOT_ALLOWED, "This path does not take this method; see /q/openapi.");
                    case 406 -> Problem.of(ProblemType.NOT_ACCEPTABLE, "Accept application/json.");
                    case 413 -> Problem.of(ProblemType.TOO_LARGE, "Send at most 1 MiB.");
                    case 415 -> Problem.of(ProblemType.UNSUPPORTED, "Send 'Content-Type: application/json'.");
                    case 400 -> Problem.invalid("body", "cannot be read", "Send one JSON object.");
                    default -> bug(e);
                });
    }

    @ServerExceptionMapper
    public Response other(RuntimeException e) {
        return answer(bug(e));
    }

    private static Problem bug(Exception e) {
        var id = UUID.randomUUID();
        LOG.errorf(e, "bug %s", id);
        return Problem.of(
                ProblemType.BUG,
                "Something is wrong inside pgbosun; the service's log tells more under " + id + ".",
                Map.of("id", id.toString()));
    }

    static Response answer(Problem problem) {
        var type = problem.type();
        var response = Response.status(type.httpStatus).type(PROBLEM_JSON).entity(ProblemBody.of(problem));
        if (type.retry == ProblemType.Retry.LATER) {
            response.header("Retry-After", Problem.retryAfterSeconds(problem.facts()));
        }
        if (type == ProblemType.UNAUTHENTICATED) {
            response.header("WWW-Authenticate", "Bearer");
        }
        return response.build();
    }

    /** What is wrong with a body, without a word of our classes. */
    static Problem read(JsonProcessingException e) {
        return switch (e) {
            case StreamConstraintsException tooMuch ->
                Problem.invalid("body", JsonLimits.rule(), "Send less in one request.");
            case JsonMappingException mapping -> JsonProblem.of(mapping, "");
            default ->
                Problem.invalid(
                        "body",
                        "is not JSON, or names a field twice, at line %d column %d"
                                .formatted(
                                        e.getLocation() == null
                                                ? 1
                                                : e.getLocation().getLineNr(),
                                        e.getLocation() == null
                                                ? 1
                                                : e.getLocation().getColumnNr()),
                        "Send one JSON object.");
        };
    }
}
