package io.pgbosun.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pgbosun.Contract;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before a service and judges each of its answers: none, a failure (5xx), or a status, media type or body that the OpenAPI
 * document does not have, is a complaint.
 */
final class JudgedProxy implements AutoCloseable {
    private static final Set<String> OF_ONE_HOP =
            Set.of("host", "connection", "content-length", "transfer-encoding", "expect", "upgrade", "keep-alive");
    private static final Duration ANSWER = Duration.ofSeconds(90);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final OpenApiInteractionValidator contract = Contract.answers();
    private final Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();
    private final Set<String> calls = ConcurrentHashMap.newKeySet();
    private final Map<String, String> complaints = new ConcurrentHashMap<>();
    private final String target;
    private final HttpServer server;

    JudgedProxy(int port) {
        target = "http://127.0.0.1:" + port;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::pass);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** How many answers had which status. */
    Map<Integer, AtomicInteger> statuses() {
        return statuses;
    }

    /** Which methods of which paths were called. */
    Set<String> calls() {
        return calls;
    }

    /** What is wrong with which answer; the first of each kind. */
    Map<String, String> complaints() {
        return complaints;
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            var sent = exchange.getRequestBody().readAllBytes();
            var answer = ask(exchange, sent);
            answer.headers().map().forEach((name, values) -> {
                if (!OF_ONE_HOP.contains(name)) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
        }
    }

    private HttpResponse<byte[]> ask(HttpExchange exchange, byte[] sent) throws IOException {
        var method = exchange.getRequestMethod();
        var asked = method + " " + exchange.getRequestURI() + System.lineSeparator() + new String(sent, UTF_8);
        try {
            var request = HttpRequest.newBuilder(URI.create(target + exchange.getRequestURI()))
                    .timeout(ANSWER)
                    .method(method, HttpRequest.BodyPublishers.ofByteArray(sent));
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (!OF_ONE_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                    values.forEach(value -> request.header(name, value));
                }
            });
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            judge(method, exchange.getRequestURI().getRawPath(), asked, answer);
            return answer;
        } catch (IOException | RuntimeException e) {
            complaints.putIfAbsent(method + e, asked + System.lineSeparator() + e);
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(asked);
        }
    }

    private void judge(String method, String path, String asked, HttpResponse<byte[]> answer) {
        var status = answer.statusCode();
        var body = new String(answer.body(), UTF_8);
        var response = SimpleResponse.Builder.status(status).withBody(body);
        answer.headers().firstValue("content-type").ifPresent(response::withContentType);
        var report = contract.validateResponse(path, Request.Method.valueOf(method), response.build());
        calls.add(method + " " + path);
        statuses.computeIfAbsent(status, first -> new AtomicInteger()).incrementAndGet();
        if (report.hasErrors() || status >= 500 && !isNobodyThere(method, path, body)) {
            complaints.putIfAbsent(
                    method + status + report.getMessages(),
                    "%s%n%d %s%n%s".formatted(asked, status, body, report.getMessages()));
        }
    }

    /** A pooler that is asked for at a generated address does not answer: that is told as it is. */
    private static boolean isNobodyThere(String method, String path, String body) {
        return method.equals("POST")
                && path.endsWith("/poolers")
                && body.contains("urn:pgbosun:problem:unreachable")
                && body.contains("The pooler at ");
    }

    @Override
    public void close() {
        server.stop(0);
        client.close();
    }
}
