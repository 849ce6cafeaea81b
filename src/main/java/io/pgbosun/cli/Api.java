package io.pgbosun.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The service's REST API over HTTP. */
final class Api {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** Longer than the service lets a call wait. */
    private static final Duration ANSWER = Duration.ofSeconds(90);

    private static final int REPEATS = 3;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final Settings settings;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final long firstPauseMillis;

    Api(Settings settings) {
        this(settings, 250);
    }

    Api(Settings settings, long firstPauseMillis) {
        this.settings = settings;
        this.firstPauseMillis = firstPauseMillis;
    }

    Settings settings() {
        return settings;
    }

    /** Answers the body, an empty node when there is none; repeats a call with a key when its answer was lost. */
    JsonNode send(Call call) {
        for (var attempt = 0; ; attempt++) {
            try {
                return answer(exchange(call));
            } catch (IOException e) {
                if (call.key() == null || attempt == REPEATS) {
                    throw new Unreachable(settings.url(), e);
                }
                pause(firstPauseMillis << attempt);
            } catch (Refused refused) {
                if (call.key() == null || attempt == REPEATS || refused.status() != 503) {
                    throw refused;
                }
                pause(firstPauseMillis << attempt);
            }
        }
    }

    private HttpResponse<byte[]> exchange(Call call) throws IOException {
        var publisher = call.body() == null
                ? BodyPublishers.noBody()
                : BodyPublishers.ofByteArray(JSON.writeValueAsBytes(call.body()));
        var request = request(call.path()).timeout(ANSWER).method(call.method(), publisher);
        if (call.body() != null) {
            request.header("Content-Type", "application/json");
        }
        if (call.key() != null) {
            request.header("Idempotency-Key", quoted(call.key()));
        }
        if (call.etag() != null) {
            request.header("If-Match", quoted(call.etag()));
        }
        return send(request.header("Accept", "application/json").build(), BodyHandlers.ofByteArray());
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private JsonNode answer(HttpResponse<byte[]> response) throws IOException {
        var status = response.statusCode();
        if (status < 300) {
            return response.body().length == 0 ? MissingNode.getInstance() : JSON.readTree(response.body());
        }
        throw new Refused(status, problem(response));
    }

    /** What is no JSON did not come from pgbosun: a proxy, or another program on this port. */
    private JsonNode problem(HttpResponse<byte[]> response) {
        try {
            var body = JSON.readTree(response.body());
            if (body.isObject()) {
                return body;
            }
        } catch (IOException e) {
            // said below
        }
        return JSON.createObjectNode()
                .put("title", "HTTP " + response.statusCode())
                .put("detail", "The answer of " + settings.url() + " is not one of pgbosun; is that its URL?");
    }

    /** Opens the stream of an operation's events after the given one. */
    InputStream watch(String operation, long after) throws IOException {
        var request = request(Call.get("operations", operation, "watch").path())
                .timeout(ANSWER)
                .header("Accept", "text/event-stream");
        if (after > 0) {
            request.header("Last-Event-ID", Long.toString(after));
        }
        var response = send(request.build(), BodyHandlers.ofInputStream());
        var type = response.headers().firstValue("Content-Type").orElse("");
        if (response.statusCode() == 200 && type.startsWith("text/event-stream")) {
            return response.body();
        }
        response.body().close();
        throw new IOException("HTTP " + response.statusCode() + " " + type);
    }

    boolean isReady() {
        try {
            return send(request("/q/health/ready").timeout(CONNECT).build(), BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create(settings.url() + path)).header("User-Agent", "pgbosun-cli");
        settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        return request;
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) throws IOException {
        try {
            return http.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(Math.min(millis, LONGEST_PAUSE_MILLIS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static JsonNode parse(String text) throws JsonProcessingException {
        return JSON.readTree(text);
    }

    static String pretty(JsonNode json) {
        return json.toPrettyString();
    }
}
