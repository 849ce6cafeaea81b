package io.pgbosun.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgbosun.host.PatroniApi;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Says one request to a REST API of Patroni. */
record PatroniSession(Supplier<HttpClient> client, PatroniApi api) {
    static final Duration CONNECT = Duration.ofSeconds(2);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration READING = Duration.ofSeconds(5);
    private static final long MOST_BYTES = 1 << 20;

    /**
     * A request.
     *
     * @param body to be written as JSON; null for none
     * @param atMost the time for all of it
     */
    record Request(String method, String path, Map<String, Object> body, Duration atMost) {
        /** For what only writes something down. */
        private static final Duration SHORT = Duration.ofSeconds(15);
        /** For what answers when it is done. */
        private static final Duration LONG = Duration.ofSeconds(120);

        static Request get(String path) {
            return new Request("GET", path, null, READING);
        }

        static Request quick(String method, String path, Map<String, Object> body) {
            return new Request(method, path, body, SHORT);
        }

        static Request blocking(String path, Map<String, Object> body) {
            return new Request("POST", path, body, LONG);
        }

        private boolean changes() {
            return !method.equals("GET");
        }

        private HttpRequest.BodyPublisher publisher() {
            try {
                return body == null
                        ? BodyPublishers.noBody()
                        : BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(e);
            }
        }
    }

    /** What the first of them tells that can tell it. */
    PatroniAnswer read(String path) {
        var problems = new ArrayList<Problem>();
        for (var url : api.urls()) {
            try {
                return send(url, Request.get(path)).done();
            } catch (Problem problem) {
                if (!mayBeOtherwiseElsewhere(problem)) {
                    throw problem;
                }
                problems.add(problem);
            }
        }
        throw nobody(problems);
    }

    /** Orders something of the first that can speak for the cluster just now, and of no other one: see {@link #order(Request, URI)}. */
    PatroniAnswer order(Request request) {
        return order(request, null);
    }

    /**
     * Orders something of the one that is best, when it can speak for the cluster just now, else of the first that can. Nobody else
     * is asked: an order whose answer is lost may have been done.
     */
    PatroniAnswer order(Request request, URI best) {
        return send(best != null && speaks(best) ? best : read("/cluster").from(), request);
    }

    private boolean speaks(URI url) {
        try {
            send(url, Request.get("/cluster")).done();
            return true;
        } catch (Problem problem) {
            refuseEnded(url);
            if (Thread.currentThread().isInterrupted()) {
                throw problem;
            }
            return false;
        }
    }

    private static boolean mayBeOtherwiseElsewhere(Problem problem) {
        return (problem.type() == ProblemType.UNREACHABLE || problem.type() == ProblemType.TOO_SLOW)
                && !Thread.currentThread().isInterrupted();
    }

    private static Problem nobody(List<Problem> problems) {
        if (problems.size() == 1) {
            return problems.getFirst();
        }
        var slow = problems.stream().allMatch(problem -> problem.type() == ProblemType.TOO_SLOW);
        return Problem.of(
                slow && !problems.isEmpty() ? ProblemType.TOO_SLOW : ProblemType.UNREACHABLE,
                problems.stream().map(Problem::detail).collect(Collectors.joining(" ")),
                problems.isEmpty() ? null : problems.getLast());
    }

    /** What this very one answers, whatever it is. */
    PatroniAnswer send(URI base, Request request) {
        refuseEnded(base);
        var answer =
                client.get().sendAsync(http(base, request), BodyHandlers.limiting(BodyHandlers.ofString(), MOST_BYTES));
        var open = Work.current().map(work -> work.opened(() -> answer.cancel(true)));
        try {
            var response = answer.get(request.atMost().toMillis(), TimeUnit.MILLISECONDS);
            return new PatroniAnswer(base, api.username(), response.statusCode(), response.body());
        } catch (ExecutionException e) {
            refuseEnded(base);
            throw silent(base, e.getCause());
        } catch (CancellationException e) {
            throw ended(base);
        } catch (TimeoutException e) {
            throw Problem.of(
                    ProblemType.TOO_SLOW,
                    "Patroni at %s did not answer %s %s within %d s."
                            .formatted(
                                    shown(base),
                                    request.method(),
                                    request.path(),
                                    request.atMost().toSeconds()),
                    e);
        } catch (InterruptedException e) {
            throw Problem.stopping(e);
        } finally {
            answer.cancel(true);
            open.ifPresent(Work.Open::close);
        }
    }

    private HttpRequest http(URI base, Request request) {
        try {
            var http = HttpRequest.newBuilder(URI.create(shown(base) + request.path()))
                    .method(request.method(), request.publisher())
                    .header("User-Agent", Work.currentTag());
            if (request.body() != null) {
                http.header("Content-Type", "application/json");
            }
            if (request.changes() && api.username() != null) {
                http.header("Authorization", authorization());
            }
            return http.build();
        } catch (IllegalArgumentException e) {
            throw Problem.of(
                    ProblemType.NOT_POSSIBLE,
                    "Patroni cannot be called at '" + shown(base) + "'; a URL such as http://10.0.0.7:8008 is needed.",
                    e);
        }
    }

    private String authorization() {
        var password = api.password() == null ? "" : api.password().reveal();
        var credentials = (api.username() + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(credentials);
    }

    private static void refuseEnded(URI base) {
        if (Work.current().filter(Work::ended).isPresent()) {
            throw ended(base);
        }
    }

    private static Problem ended(URI base) {
        return Problem.of(
                ProblemType.CANCELLED, "The request to Patroni at " + shown(base) + " was ended with its run.");
    }

    private static Problem silent(URI base, Throwable cause) {
        return Problem.of(
                ProblemType.UNREACHABLE,
                "Patroni at %s does not answer (%s); see whether it runs.".formatted(shown(base), reason(cause)),
                cause);
    }

    private static String reason(Throwable cause) {
        return switch (cause) {
            case HttpConnectTimeoutException _ -> "no connection within " + CONNECT.toSeconds() + " s";
            case ConnectException e when e.getCause() instanceof UnresolvedAddressException -> "its name is not known";
            case ConnectException _ -> "no connection";
            default -> cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        };
    }

    /** Scheme, host and port alone. */
    static String shown(URI url) {
        var authority = Objects.requireNonNullElse(url.getRawAuthority(), "");
        return url.getScheme() + "://" + authority.substring(authority.lastIndexOf('@') + 1);
    }
}
