package io.pgbosun.process;

import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * The REST surface of one service, with the token of one caller.
 *
 * @param token null for none
 */
record Rest(int port, String token) {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private static final Duration ANSWER = Duration.ofSeconds(60);

    /** One answer. */
    record Answer(int status, HttpResponse<String> response) {
        JsonPath json() {
            return JsonPath.from(response.body());
        }

        Optional<String> header(String name) {
            return response.headers().firstValue(name);
        }

        /** The operation that the call has started. */
        String started() {
            if (status != 202) {
                throw new AssertionError("not accepted: " + this);
            }
            return json().getString("id");
        }

        @Override
        public String toString() {
            return status + " " + response.body();
        }
    }

    static Rest anonymous(int port) {
        return new Rest(port, null);
    }

    Rest with(String token) {
        return new Rest(port, token);
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    /** Posts JSON, in which single quotes may stand for double ones. */
    Answer post(String path, String json) {
        return send(posting(path, json));
    }

    Answer post(String path, String json, String key) {
        return send(posting(path, json).header("Idempotency-Key", key));
    }

    Answer delete(String path) {
        return send(request(path).DELETE());
    }

    private HttpRequest.Builder posting(String path, String json) {
        return request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')));
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(ANSWER);
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private static Answer send(HttpRequest.Builder request) {
        try {
            var response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until an operation has ended. */
    JsonPath ended(String operation, Duration atMost) {
        var path = "/v1/operations/" + operation;
        Eventually.until(
                () -> operation + " ends: " + get(path),
                atMost,
                Duration.ofMillis(10),
                () -> get(path + "?wait=5s").json().getBoolean("done"));
        return get(path).json();
    }

    /** Starts, waits, and expects success. */
    JsonPath succeed(String path, String json) {
        return succeeded(post(path, json).started());
    }

    JsonPath succeeded(String operation) {
        var ended = ended(operation, Duration.ofMinutes(3));
        if (!"SUCCEEDED".equals(ended.getString("state"))) {
            throw new AssertionError(ended.prettify());
        }
        return ended;
    }

    /** A new cluster without a standby, with a database {@code shop} of pgbench's tables at that scale. */
    void provision(String name, int scale) {
        succeed(
                "/v1/clusters",
                "{'name':'%s','provision':{'databases':['shop'],'seed':{'pgbenchScale':%d,'orders':1000}}}"
                        .formatted(name, scale));
    }
}
