package io.pgbosun.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/** Plays the service: answers what was prepared for a path, the last answer again and again, and notes what was asked. */
final class StubApi implements AutoCloseable {
    static final String TOKEN = "token-that-must-not-be-seen";

    private final HttpServer server;
    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());

    /** A request that came. */
    record Asked(String call, String query, String body, String key, String lastEventId, String authorization) {}

    interface Answer {
        void give(HttpExchange exchange) throws IOException;
    }

    StubApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Several answers to the same call are given in order. */
    StubApi on(String call, Answer... given) {
        answers.computeIfAbsent(call, key -> new ArrayDeque<>()).addAll(List.of(given));
        return this;
    }

    private void answer(HttpExchange exchange) throws IOException {
        var call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        var headers = exchange.getRequestHeaders();
        asked.add(new Asked(
                call,
                String.valueOf(exchange.getRequestURI().getRawQuery()),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                headers.getFirst("Idempotency-Key"),
                headers.getFirst("Last-Event-ID"),
                headers.getFirst("Authorization")));
        next(call).give(exchange);
    }

    private Answer next(String call) {
        var prepared = answers.get(call);
        if (prepared == null) {
            return problem(404, "not-found", "There is no such thing", "Nothing was prepared for " + call + ".");
        }
        synchronized (prepared) {
            return prepared.size() > 1 ? prepared.poll() : prepared.peek();
        }
    }

    static Answer json(int status, String json) {
        return typed(status, "application/json", json);
    }

    static Answer problem(int status, String type, String title, String detail) {
        return typed(
                status,
                "application/problem+json",
                "{\"type\":\"urn:pgbosun:problem:%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\",\"errors\":[],\"facts\":{}}"
                        .formatted(type, title, status, detail));
    }

    static Answer typed(int status, String type, String body) {
        return exchange -> {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", type);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        };
    }

    /** The connection is lost before an answer. */
    static Answer lost() {
        return HttpExchange::close;
    }

    static Answer events(String... events) {
        return typed(200, "text/event-stream", String.join("", events));
    }

    /** More is promised than is sent: the connection is lost in the middle. */
    static Answer cutEvents(String... events) {
        return exchange -> {
            var bytes = String.join("", events).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, bytes.length + 100L);
            exchange.getResponseBody().write(bytes);
            exchange.getResponseBody().flush();
            exchange.close();
        };
    }

    static String event(int number, String type, String data) {
        return "event:%s\nid:%d\ndata:%s\n\n".formatted(type, number, eventJson(number, type, data));
    }

    static String eventJson(int number, String type, String data) {
        return "{\"operation\":\"op-1\",\"number\":%d,\"at\":\"2026-11-20T03:00:%02dZ\",\"type\":\"%s\",\"data\":%s}"
                .formatted(number, number, type, data);
    }

    static String step(int number, String step, String state) {
        return event(number, "STEP", "{\"step\":\"%s\",\"state\":\"%s\"}".formatted(step, state));
    }

    static Answer operation(String state, String more) {
        return json(200, operationJson(state, more));
    }

    static String operationJson(String state, String more) {
        var done = List.of("SUCCEEDED", "FAILED", "CANCELLED").contains(state);
        return "{\"id\":\"op-1\",\"kind\":\"backup\",\"target\":\"clusters/demo\",\"state\":\"%s\",\"done\":%s,\"startTime\":\"2026-11-20T03:00:00Z\"%s%s}"
                .formatted(state, done, done ? ",\"endTime\":\"2026-11-20T03:00:04Z\"" : "", more);
    }

    int run(String... arguments) {
        return run(Map.of(), arguments);
    }

    int run(Map<String, String> environment, String... arguments) {
        var all = new HashMap<>(Map.of("PGBOSUN_URL", url(), "PGBOSUN_TOKEN", TOKEN));
        all.putAll(environment);
        var api = new Api(Settings.of(all), 1);
        var session = new Session(
                api,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                text -> Optional.empty());
        return Cli.run(session, arguments);
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    List<Asked> asked(String call) {
        return asked.stream().filter(one -> one.call().equals(call)).toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
