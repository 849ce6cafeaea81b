package io.pgbosun.chatops;

import static io.pgbosun.chatops.ConnectedSlack.ADMIN;
import static io.pgbosun.chatops.ConnectedSlack.CLUSTER;
import static io.pgbosun.chatops.ConnectedSlack.handle;
import static io.pgbosun.chatops.ConnectedSlack.rest;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.TestHome;
import io.pgbosun.store.Store;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is told in chat after the answer to a command: outcomes, and answers that took too long. */
@QuarkusTest
@TestProfile(ConnectedSlack.class)
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlackRepliesTest {
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

    @Test
    void the_outcome_of_what_was_started_is_posted_to_the_channel() throws InterruptedException {
        var answer = slack.say(ADMIN, "analyze %s databases=pgbosun reason=\"numbers are off\"".formatted(CLUSTER));
        assertEquals("in_channel", answer.json().path("response_type").asText(), answer::text);
        assertTrue(
                answer.text().contains("alice asked for it.")
                        && answer.text().contains("*analyze* of `clusters/" + CLUSTER),
                answer::text);
        var handle = handle(answer);
        var post = post();
        assertTrue(
                post.contains("\"response_type\":\"in_channel\"")
                        && post.contains(handle)
                        && post.contains("SUCCEEDED"),
                post);
        assertTrue(slack.say(ADMIN, "operation " + handle).text().contains("• analyze pgbosun: DONE"));
        var id = id(handle);
        assertTrue(slack.say(ADMIN, "operation " + id).text().contains("numbers are off"));
        rest().get("/v1/operations/" + id)
                .then()
                .body("channel", equalTo("CHAT"))
                .body("principal", equalTo("alice"));
        assertTrue(slack.say(ADMIN, "cancel " + handle).text().contains("It has ended already: SUCCEEDED"));
        assertNothingOwed(id);
    }

    private String post() throws InterruptedException {
        var post = hooks.next(20);
        assertNotNull(post, "no post came");
        return post;
    }

    private UUID id(String handle) {
        return store.one("select id from operation where right(id::text, 8) = $1", handle)
                .orElseThrow()
                .uuid("id");
    }

    private void assertNothingOwed(UUID id) throws InterruptedException {
        for (int i = 0; i < 300 && owed(id); i++) {
            Thread.sleep(100);
        }
        assertTrue(!owed(id), "the reply is owed still");
        assertNull(hooks.next(0));
    }

    private boolean owed(UUID id) {
        return store.one("select 1 from chat_reply where operation = $1", id).isPresent();
    }

    @Test
    void a_replayed_request_starts_nothing_new() throws InterruptedException {
        var signed = slack.sign(ADMIN, "checkpoint " + CLUSTER);
        var first = handle(slack.send(signed));
        var second = handle(slack.send(signed));
        assertEquals(first, second);
        assertTrue(post().contains(first));
        assertEquals(first, handle(slack.send(signed)));
        assertNothingOwed(id(first));
        assertTrue(
                slack.say(ADMIN, "checkpoint " + CLUSTER).text().contains("asked for it"),
                "a new request is a new operation");
        post();
    }

    @Test
    void a_post_that_fails_is_tried_again_and_one_that_is_refused_is_not() throws InterruptedException {
        hooks.answerNext(500);
        var failed = id(handle(slack.say(ADMIN, "checkpoint " + CLUSTER)));
        post();
        assertTrue(owed(failed));
        store.update("update chat_reply set post_at = now() where operation = $1", failed);
        assertTrue(post().contains("SUCCEEDED"));
        assertNothingOwed(failed);
        hooks.answerNext(404);
        var refused = id(handle(slack.say(ADMIN, "checkpoint " + CLUSTER)));
        post();
        assertNothingOwed(refused);
    }

    @Test
    void what_another_service_owes_is_told_too_and_given_up_after_half_an_hour() throws InterruptedException {
        var done = id(handle(slack.say(ADMIN, "checkpoint " + CLUSTER)));
        post();
        assertNothingOwed(done);
        var owe = "insert into chat_reply (operation, response_url, chat_user, created_at) values ($1, $2, $3, $4)";
        store.update(owe, done, hooks.url(), ADMIN, Instant.now());
        assertTrue(post().contains("SUCCEEDED"));
        assertNothingOwed(done);
        store.update(owe, done, hooks.url(), ADMIN, Instant.now().minus(Duration.ofMinutes(31)));
        assertNothingOwed(done);
        store.update(owe, done, hooks.url(), "U0GONE", Instant.now());
        assertNothingOwed(done);
    }

    @Test
    void answers_are_posted_only_to_slack() throws InterruptedException {
        for (var url : List.of(
                "http://localhost:1/x",
                "https://hooks.slack.com.evil.example/x",
                "http://hooks.slack.com/x",
                "nonsense")) {
            var answer = slack.send(slack.sign(ADMIN, "checkpoint " + CLUSTER, url, Instant.now()));
            assertTrue(answer.text().contains("not told here"), () -> url + ": " + answer.text());
            assertTrue(!owed(id(handle(answer))), url);
        }
        assertNull(hooks.next(1));
    }

    @Test
    void what_takes_longer_than_slack_waits_is_posted_later() throws IOException, InterruptedException {
        try (var mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            store.update(
                    "insert into cluster (name, driver, origin, username, ssl_mode) values ('mute', 'NATIVE', 'REGISTERED', 'x', 'disable')");
            store.update(
                    "insert into instance (cluster, name, address, port) values ('mute', 'mute-1', '127.0.0.1', $1)",
                    mute.getLocalPort());
            var began = System.nanoTime();
            assertTrue(slack.say(ADMIN, "status mute").text().contains("Working on it"));
            assertTrue(System.nanoTime() - began < Duration.ofSeconds(3).toNanos());
            var post = hooks.next(30);
            assertTrue(
                    post != null && post.contains("\"response_type\":\"ephemeral\"") && post.contains("UNKNOWN DOWN"),
                    post);
        } finally {
            store.update("delete from cluster where name = 'mute'");
        }
    }

    @Test
    void commands_at_the_same_time_are_answered_each_for_itself() throws Exception {
        var signed = slack.sign(ADMIN, "checkpoint " + CLUSTER);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var same = Stream.generate(() -> threads.submit(() -> handle(slack.send(signed))))
                    .limit(8)
                    .toList();
            var handles = new HashSet<String>();
            for (var one : same) {
                handles.add(one.get());
            }
            assertEquals(1, handles.size(), handles::toString);
            assertTrue(post().contains(handles.iterator().next()));
            assertNothingOwed(id(handles.iterator().next()));
        }
    }
}
