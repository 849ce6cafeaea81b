package io.pgbosun.chatops;

import static io.pgbosun.chatops.ConnectedSlack.ADMIN;
import static io.pgbosun.chatops.ConnectedSlack.CLUSTER;
import static io.pgbosun.chatops.ConnectedSlack.VIEWER;
import static io.pgbosun.chatops.ConnectedSlack.letIn;
import static io.pgbosun.chatops.ConnectedSlack.rest;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.TestHome;
import io.pgbosun.store.Store;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Slash commands on the running service, and who may give them; the cluster is the control database itself. */
@QuarkusTest
@TestProfile(ConnectedSlack.class)
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlackTest {
    @Inject
    Store store;

    private final SlackHooks hooks = new SlackHooks();
    private SlackClient slack;

    @BeforeAll
    void connect() {
        slack = ConnectedSlack.client(hooks.url());
    }

    @AfterAll
    void close() {
        hooks.close();
    }

    private void assertTold(String text, String expected) {
        var answer = slack.say(ADMIN, text);
        assertEquals(200, answer.status());
        assertTrue(answer.ephemeral(), answer::text);
        assertTrue(answer.text().contains(expected), answer::text);
    }

    @Test
    void help_names_the_commands_and_every_kind_with_its_parameters() {
        assertTold("", "/pg status [cluster]");
        assertTold("help", "• *backup* Takes a backup of a cluster");
        assertTold(
                "help",
                "*register* Takes an existing cluster under management, after connecting to each of its instances. _Not in chat");
        assertTold("help vacuum", "`guard.lockTimeoutSeconds=1 guard.maxBlockingSeconds=1`");
        assertTold("help backup", "`format=CUSTOM|DIRECTORY`");
    }

    @Test
    void a_request_that_slack_has_not_signed_is_refused_with_a_problem() {
        var signed = slack.sign(ADMIN, "help");
        var bad = List.of(
                new SlackClient.Signed(signed.body() + "x", signed.timestamp(), signed.signature()),
                new SlackClient.Signed(
                        signed.body(), String.valueOf(Instant.now().getEpochSecond() - 1), signed.signature()),
                new SlackClient.Signed(signed.body(), "soon", signed.signature()),
                new SlackClient.Signed(signed.body(), signed.timestamp(), "v0=0"));
        for (var request : bad) {
            var answer = slack.send(request);
            assertEquals(401, answer.status());
            assertEquals("application/problem+json", answer.contentType().split(";")[0]);
            assertEquals(
                    "urn:pgbosun:problem:unauthenticated",
                    answer.json().path("type").asText());
        }
        assertEquals(401, slack.send(signed.body(), Map.of()).status());
        assertEquals(401, slack.send("", Map.of()).status());
    }

    @Test
    void a_request_five_minutes_from_now_is_refused_though_slack_has_signed_it() {
        for (var minutes : List.of(-6, 6)) {
            var signed = slack.sign(ADMIN, "help", hooks.url(), Instant.now().plus(Duration.ofMinutes(minutes)));
            assertEquals(401, slack.send(signed).status());
        }
        var recent = slack.sign(ADMIN, "help", hooks.url(), Instant.now().minus(Duration.ofMinutes(4)));
        assertEquals(200, slack.send(recent).status());
    }

    @Test
    void an_unknown_user_is_told_which_id_to_let_in_and_that_is_audited() {
        var user = "U" + UUID.randomUUID().toString().substring(0, 8).toUpperCase(java.util.Locale.ROOT);
        var answer = slack.say(user, "status secret-word");
        assertEquals(200, answer.status());
        assertTrue(answer.ephemeral() && answer.text().contains(user), answer::text);
        rest().get("/v1/audit-entries?action=access.denied&principal=slack:" + user)
                .then()
                .body("items.target", hasItem("/pg status"))
                .body("items[0].channel", equalTo("CHAT"));
    }

    @Test
    void a_user_who_was_shut_out_is_unknown_at_once() {
        letIn("U0LEAVER", "carol", "VIEWER");
        assertTrue(slack.say("U0LEAVER", "status").text().contains(CLUSTER));
        rest().delete("/v1/chat/users/U0LEAVER").then().statusCode(204);
        rest().delete("/v1/chat/users/U0LEAVER").then().statusCode(404);
        assertTrue(slack.say("U0LEAVER", "status").text().contains("I do not know you"));
    }

    @Test
    void chat_users_are_listed_and_never_replaced_silently() {
        rest().get("/v1/chat/users?pageSize=500").then().statusCode(200).body("items.id", hasItem(ADMIN));
        rest().body(Map.of("id", ADMIN, "principal", "mallory", "grants", List.of(Map.of("role", "ADMIN"))))
                .post("/v1/chat/users")
                .then()
                .statusCode(409);
        rest().body(Map.of("id", "not an id", "principal", "x", "grants", List.of()))
                .post("/v1/chat/users")
                .then()
                .statusCode(400);
    }

    @Test
    void status_and_operations_are_told_to_who_asks() {
        assertTold("status", "*" + CLUSTER + "* REGISTERED, 1 instance");
        assertTold("status " + CLUSTER, "PRIMARY UP");
        assertTold("operations", "of `clusters/");
        assertTold("operations " + CLUSTER, "* of `clusters/" + CLUSTER + "` is SUCCEEDED.");
    }

    @Test
    void what_is_wrong_is_told_by_name_with_what_is_known() {
        assertTold("status nowhere", "There is no cluster 'nowhere'");
        assertTold("checkpoint nowhere", "There is no cluster 'nowhere'");
        assertTold("checkpoint", "`cluster` must be 1 to 63 lower-case letters");
        assertTold(
                "frobnicate " + CLUSTER, "must be one of help, status, operations, operation, cancel, add-standby, ");
        assertTold("backup " + CLUSTER + " jobs=many to=vault", "• `jobs` must be a whole number");
        assertTold(
                "backup " + CLUSTER + " jobs=many to=vault",
                "• `to` is not known here. Leave it out; known are backupType, databases");
        assertTold("backup " + CLUSTER + " jobs=99", "• `jobs` must be less than or equal to 16");
        assertTold("backup " + CLUSTER + " shop", "`shop` is not name=value");
        assertTold("operation 0000000g", "must be an id, or its last eight digits");
        assertTold("operation 00000000", "There is no operation '00000000'");
        assertTold("cancel", "must be an id, or its last eight digits");
    }

    @Test
    void what_is_typed_calls_nobody() {
        var text = slack.say(ADMIN, "operation &lt;!channel&gt;").text()
                + slack.say(ADMIN, "frob").text();
        assertTrue(!text.contains("<"), text);
        assertTold("backup " + CLUSTER + " &lt;!channel&gt;=1", "&lt;!channel&gt;");
    }

    @Test
    void kinds_of_high_risk_and_with_secrets_are_not_started_from_chat() {
        assertTold("stop-cluster " + CLUSTER, "has the risk HIGH and is not started from a chat");
        assertTold("vacuum " + CLUSTER + " full=true", "has the risk HIGH and is not started from a chat");
        assertTold("delete-backup " + UUID.randomUUID(), "has the risk HIGH and is not started from a chat");
        assertTold("register other password=hunter2", "takes a secret");
        rest().get("/v1/audit-entries?action=access.denied&principal=alice")
                .then()
                .body("items.target", hasItem("/pg stop-cluster"));
    }

    @Test
    void a_caller_without_the_permission_is_denied_and_that_is_audited() {
        var answer = slack.say(VIEWER, "checkpoint " + CLUSTER);
        assertTrue(answer.text().contains("maintenance:create"), answer::text);
        rest().get("/v1/audit-entries?action=access.denied&principal=bob")
                .then()
                .body("items.target", hasItem("/pg checkpoint"));
    }

    @Test
    void preview_shows_the_plan_and_changes_nothing() {
        var before = store.query("select id from operation").size();
        assertTold("vacuum " + CLUSTER + " databases=pgbosun preview=true", "would do this; nothing has been changed");
        assertTold("vacuum " + CLUSTER + " databases=pgbosun preview=true", "• vacuum pgbosun (CHANGE");
        assertEquals(before, store.query("select id from operation").size());
    }

    @Test
    void a_handle_of_two_operations_is_told_with_their_ids() {
        var id = store.one("select id from operation where target = $1 order by id desc limit 1", "clusters/" + CLUSTER)
                .orElseThrow()
                .uuid("id");
        var twin =
                UUID.fromString("00000000-0000-7000-8000-0000" + id.toString().substring(28));
        store.update("""
                insert into operation (id, kind, target, state, spec, principal, channel, fingerprint, risk, cancel_effect, timeout_seconds, ended_at)
                select $1, kind, target, 'CANCELLED', spec, principal, channel, fingerprint, risk, cancel_effect, timeout_seconds, now()
                from operation where id = $2
                """, twin, id);
        try {
            assertTold("operation " + Handles.of(id), "is the handle of 2 operations. Say which by its id: ");
        } finally {
            store.update("delete from operation where id = $1", twin);
        }
    }
}
