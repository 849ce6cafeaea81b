package io.pgbosun.chatops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.slack.api.app_backend.SlackSignature;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** Sends slash commands as Slack does: form-encoded, signed by Slack's own library. */
final class SlackClient {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI endpoint;
    private final SlackSignature.Generator generator;
    private final String responseUrl;

    SlackClient(URI endpoint, String secret, String responseUrl) {
        this.endpoint = endpoint;
        this.generator = new SlackSignature.Generator(secret);
        this.responseUrl = responseUrl;
    }

    /** A request that can be sent more than once. */
    record Signed(String body, String timestamp, String signature) {}

    record Answer(int status, String contentType, JsonNode json) {
        String text() {
            return json.path("text").asText();
        }

        boolean ephemeral() {
            return json.path("response_type").asText().equals("ephemeral");
        }
    }

    Signed sign(String user, String text, String responseUrl, Instant at) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("token", "gIkuvaNzQIHg97ATvDxqgjtO");
        fields.put("team_id", "T0001");
        fields.put("channel_id", "C2147483705");
        fields.put("user_id", user);
        fields.put("user_name", "steve");
        fields.put("command", "/pg");
        fields.put("text", text);
        fields.put("response_url", responseUrl);
        fields.put("trigger_id", "13345224609.738474920." + UUID.randomUUID());
        var body = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        var timestamp = String.valueOf(at.getEpochSecond());
        return new Signed(body, timestamp, generator.generate(timestamp, body));
    }

    Signed sign(String user, String text) {
        return sign(user, text, responseUrl, Instant.now());
    }

    Answer say(String user, String text) {
        return send(sign(user, text));
    }

    Answer send(Signed signed) {
        return send(
                signed.body(),
                Map.of("X-Slack-Request-Timestamp", signed.timestamp(), "X-Slack-Signature", signed.signature()));
    }

    Answer send(String body, Map<String, String> headers) {
        var request = HttpRequest.newBuilder(endpoint)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        try {
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
