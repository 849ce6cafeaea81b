package io.pgbosun.chatops;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.pgbosun.TestHome;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(TestHome.class)
class SlackUnconnectedTest {
    @Test
    void without_a_signing_secret_no_command_is_taken_and_the_answer_says_what_is_missing() {
        given().header("X-Slack-Request-Timestamp", System.currentTimeMillis() / 1000)
                .header("X-Slack-Signature", "v0=0")
                .formParam("text", "help")
                .post("/v1/chat/slack")
                .then()
                .statusCode(422)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:pgbosun:problem:not-possible"))
                .body("detail", containsString("PGBOSUN_CHAT_SLACK_SIGNING_SECRET"));
    }
}
