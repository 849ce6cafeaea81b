package io.pgbosun.api.rest;

import io.pgbosun.access.Admission;
import io.pgbosun.access.Priority;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemBody;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Json;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The first look at a request, on the thread that read its head: refuses what is too large, and what comes when there is
 * more to do than can be done, before anything else is spent on it.
 */
@Singleton
class Gate {
    private static final String SLOT = "io.pgbosun.slot";
    private static final Pattern CONTROL = Pattern.compile(".*/(cancel|approve|reject|resolve|revoke)/?");
    private static final int BEFORE_ALL = 1000;
    private static final int LONGEST_URI = 8192;
    private static final int LARGEST_HEADERS = 16 * 1024;
    /** How long a caller whose body is refused has to read that. */
    private static final long LINGER_MILLIS = 1_000;
    /** What a header costs beside its text, as RFC 9113 counts it. */
    private static final int HEADER_OVERHEAD = 32;

    private final Admission admission;
    private final long largestBody;
    private final Json json;
    private final Buffer overloaded;

    Gate(
            Admission admission,
            Json json,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize largestBody) {
        this.admission = admission;
        this.json = json;
        this.largestBody = largestBody.asLongValue();
        overloaded = body(ProblemBody.of(Problem.of(
                ProblemType.OVERLOADED,
                "The service has more to do than it can; come again in a moment.",
                Map.of(Problem.RETRY_AFTER_SECONDS, Admission.RETRY_AFTER_SECONDS))));
    }

    void stand(@Observes Filters filters) {
        filters.register(this::look, BEFORE_ALL);
    }

    private void look(RoutingContext context) {
        var request = context.request();
        if (admission.isLeaving() && request.version() != HttpVersion.HTTP_2) {
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        if (request.uri().length() > LONGEST_URI) {
            refuse(request, 414, tooLarge(414, "Send a path with its parameters of at most 8 KiB."));
        } else if (size(request) > LARGEST_HEADERS) {
            refuse(request, 431, tooLarge(431, "Send at most 16 KiB of headers."));
        } else if (announced(request) > largestBody) {
            refuseUnread(context, tooLarge(413, "Send at most 1 MiB."));
        } else if (free(context)) {
            context.next();
        } else {
            admit(context);
        }
    }

    private static long size(HttpServerRequest request) {
        var size = 0L;
        for (var header : request.headers()) {
            size += header.getKey().length() + header.getValue().length() + HEADER_OVERHEAD;
        }
        return size;
    }

    private static long announced(HttpServerRequest request) {
        var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return 0; // the framework refuses it
        }
    }

    /** Health, metrics and the document are always answered; gRPC has the same gate behind its own door. */
    private static boolean free(RoutingContext context) {
        var path = context.normalizedPath();
        var type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
        return path == null || path.startsWith("/q/") || (type != null && type.startsWith("application/grpc"));
    }

    private void admit(RoutingContext context) {
        var slot = admission.enter(priority(context.request().method(), context.normalizedPath()));
        if (slot == null) {
            context.response().putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(Admission.RETRY_AFTER_SECONDS));
            refuse(context.request(), ProblemType.OVERLOADED.httpStatus, overloaded);
            return;
        }
        context.put(SLOT, slot);
        context.addEndHandler(ended -> slot.leave());
        context.next();
    }

    private static Priority priority(HttpMethod method, String path) {
        if (method == HttpMethod.GET || method == HttpMethod.HEAD || method == HttpMethod.OPTIONS) {
            return Priority.READ;
        }
        return CONTROL.matcher(path).matches() ? Priority.CONTROL : Priority.START;
    }

    /** Gives up the place of a request that is to wait for long. */
    static void leave(RoutingContext context) {
        Admission.Slot slot = context.get(SLOT);
        if (slot != null) {
            slot.leave();
        }
    }

    private void refuse(HttpServerRequest request, int status, Buffer body) {
        var response = request.response().setStatusCode(status);
        response.putHeader(HttpHeaders.CONTENT_TYPE, Problems.PROBLEM_JSON.toString());
        request.resume();
        response.end(body);
    }

    /**
     * Refuses a body and closes the connection, but not at once: a caller that is still sending would be told of the closed
     * connection and never read the answer (RFC 9112, 9.6). What comes within that time is thrown away.
     */
    private void refuseUnread(RoutingContext context, Buffer body) {
        var request = context.request();
        if (request.version() != HttpVersion.HTTP_2) {
            var connection = request.connection();
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            context.vertx().setTimer(LINGER_MILLIS, over -> connection.close());
            request.endHandler(read -> connection.close());
        }
        refuse(request, 413, body);
    }

    private Buffer tooLarge(int status, String detail) {
        var type = ProblemType.TOO_LARGE;
        return body(new ProblemBody(type.uri(), type.title, status, detail, List.of(), Map.of()));
    }

    private Buffer body(ProblemBody problem) {
        return Buffer.buffer(json.show(problem));
    }
}
