package io.pgbosun.chatops;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTestProfile;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.ConfigProvider;

/** A service that is connected to a Slack app, with two users let in and one light cluster. */
public class ConnectedSlack implements QuarkusTestProfile {
    static final String ADMIN = "U0ADMIN";
    static final String VIEWER = "U0VIEWER";
    static final String CLUSTER = "chatted";
    private static final String SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
    private static final Pattern HANDLE = Pattern.compile("`(\\p{XDigit}{8})`");

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("pgbosun.chat.slack.signing.secret", SECRET, "pgbosun.chat.slack.response.hosts", "127.0.0.1");
    }

    static SlackClient client(String responseUrl) {
        letIn(ADMIN, "alice", "ADMIN");
        letIn(VIEWER, "bob", "VIEWER");
        register();
        return new SlackClient(URI.create(base() + "/v1/chat/slack"), SECRET, responseUrl);
    }

    private static String base() {
        return ConfigProvider.getConfig().getValue("test.url", String.class);
    }

    static RequestSpecification rest() {
        return given().baseUri(base()).auth().oauth2(read("token")).contentType("application/json");
    }

    private static String read(String file) {
        try {
            var home = ConfigProvider.getConfig().getValue("pgbosun.home", String.class);
            return Files.readString(Path.of(home, file)).strip();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static void letIn(String user, String principal, String role) {
        rest().delete("/v1/chat/users/" + user);
        rest().body(Map.of("id", user, "principal", principal, "grants", List.of(Map.of("role", role))))
                .post("/v1/chat/users")
                .then()
                .statusCode(201)
                .body("principal", equalTo(principal));
    }

    /** A cluster that is there already and light: our own control database. */
    private static void register() {
        var instance = Map.of("address", "127.0.0.1", "port", Integer.valueOf(read("store.port")));
        var body = Map.of(
                "name",
                CLUSTER,
                "register",
                Map.of(
                        "instances",
                        List.of(instance),
                        "username",
                        "postgres",
                        "password",
                        read("store.password"),
                        "sslMode",
                        "disable"));
        var answer = rest().body(body).post("/v1/clusters");
        if (answer.statusCode() == 202) {
            var id = answer.path("id");
            rest().get("/v1/operations/" + id + "?wait=20s").then().body("state", equalTo("SUCCEEDED"));
        }
    }

    static String handle(SlackClient.Answer answer) {
        var matcher = HANDLE.matcher(answer.text());
        assertTrue(matcher.find(), answer::text);
        return matcher.group(1);
    }
}
