package io.pgbosun.adapter;

import static io.pgbosun.adapter.Soon.problemOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pgbosun.host.Patroni;
import io.pgbosun.host.PatroniApi;
import io.pgbosun.host.PatroniMember;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What no Patroni does when it is told to: answers that are lost, late, strange or endless. */
class PatroniSessionTest {
    private static final String MEMBERS = "{\"members\": []}";
    private static final PatroniMember MEMBER =
            new PatroniMember("n1", "replica", "running", "10.0.0.7", 5432, null, 1, 0L, false);

    private final AtomicInteger orders = new AtomicInteger();
    private final CountDownLatch came = new CountDownLatch(1);
    private HttpServer fake;
    private ServerSocket mute;

    @BeforeEach
    void start() throws IOException {
        fake = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        fake.start();
        mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        fake.stop(0);
        mute.close();
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + fake.getAddress().getPort());
    }

    private URI muteUrl() {
        return URI.create("http://127.0.0.1:" + mute.getLocalPort());
    }

    private Patroni at(URI... urls) {
        return new RestPatronis().at(new PatroniApi(List.of(urls), "patroni", Secret.of("s3cret"), null));
    }

    private void answer(String path, int status, String body) {
        fake.createContext(path, exchange -> {
            try (exchange) {
                var bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
    }

    private void hangUp(HttpExchange exchange) {
        orders.incrementAndGet();
        exchange.close();
    }

    @Test
    void an_order_whose_answer_is_lost_is_not_given_again() {
        answer("/cluster", 200, MEMBERS);
        fake.createContext("/switchover", this::hangUp);
        var problem = problemOf(() -> at(url(), url()).switchover("n1", "n2", () -> false));
        assertEquals(ProblemType.UNREACHABLE, problem.type());
        assertEquals(1, orders.get());
    }

    @Test
    void what_failed_or_may_be_done_is_unreachable() {
        answer("/cluster", 200, MEMBERS);
        answer("/failover", 503, "Failover status unknown");
        var problem = problemOf(() -> at(url()).failover("n2", () -> false));
        assertEquals(ProblemType.UNREACHABLE, problem.type());
        assertTrue(problem.detail().contains("Failover status unknown"), problem.detail());
    }

    @Test
    void an_answer_that_was_cut_off_is_lost_and_one_that_is_no_patronis_is_refused() {
        answer("/cluster", 200, MEMBERS.substring(0, 8));
        assertEquals(ProblemType.UNREACHABLE, problemOf(at(url())::cluster).type());
        answer("/history", 200, "<html>Welcome</html>");
        assertEquals(ProblemType.NOT_POSSIBLE, problemOf(at(url())::history).type());
        answer("/config", 404, "<html><head><title>no</title></head><body>no such <b>page</b></body></html>");
        var problem = problemOf(at(url())::config);
        assertEquals(ProblemType.NOT_POSSIBLE, problem.type());
        assertTrue(problem.detail().contains("404: no such page"), problem.detail());
    }

    @Test
    void an_answer_without_end_is_not_taken() {
        answer("/history", 200, "[" + " ".repeat(2 << 20) + "]");
        assertEquals(ProblemType.UNREACHABLE, problemOf(at(url())::history).type());
    }

    @Test
    void what_is_not_known_is_null() {
        answer("/cluster", 200, """
                {"members": [{"name": "n1", "role": "replica", "state": "start failed", "lag": "unknown", "api_url": null}]}
                """);
        answer("/history", 200, """
                [[1, 50331808, "no recovery target specified"],
                 [2, 4345298944, "why", "2026-11-27T15:53:12.125000+00:00", "n2"]]
                """);
        var member = at(url()).cluster().members().getFirst();
        assertEquals("start failed", member.state());
        assertNull(member.lagBytes());
        assertNull(member.port());
        assertNull(member.timeline());
        assertNull(member.apiUrl());

        var history = at(url()).history();
        assertNull(history.getFirst().time());
        assertNull(history.getFirst().newLeader());
        assertEquals("0/30000A0", history.getFirst().lsn());
        assertEquals("1/3000000", history.getLast().lsn());
        assertEquals("2026-11-27T15:53:12.125Z", history.getLast().time().toString());
    }

    @Test
    void a_mute_one_is_too_slow_and_the_next_one_is_asked() {
        answer("/cluster", 200, MEMBERS);
        answer("/config", 200, "{\"ttl\": 30}");
        var slow = Soon.start(() -> at(muteUrl()).cluster());
        assertEquals(Map.of("ttl", 30), at(muteUrl(), url()).patchConfig(Map.of("ttl", 30)));
        assertEquals(ProblemType.TOO_SLOW, Soon.outcome(slow).type());
    }

    @Test
    void a_request_ends_with_its_run() {
        answer("/cluster", 200, MEMBERS);
        fake.createContext("/switchover", _ -> came.countDown());
        var work = new Work(UUID.randomUUID(), 1);
        var running = switchover(work);
        Soon.until("the order has come", () -> came.getCount() == 0);
        work.end();
        assertEquals(ProblemType.CANCELLED, Soon.outcome(running).type());
        assertEquals(ProblemType.CANCELLED, Soon.outcome(switchover(work)).type());
    }

    private CompletableFuture<Problem> switchover(Work work) {
        return Soon.start(() -> work.run(() -> at(url()).switchover("n1", "n2", () -> false)));
    }

    @Test
    void an_interrupted_thread_asks_nobody_else() {
        answer("/cluster", 200, MEMBERS);
        var problem = problemOf(() -> {
            Thread.currentThread().interrupt();
            at(muteUrl(), url()).cluster();
        });
        assertTrue(Thread.interrupted());
        assertEquals(ProblemType.UNREACHABLE, problem.type());
        assertTrue(problem.detail().contains("stopping"), problem.detail());
    }

    @Test
    void an_address_that_is_none_is_told_without_what_is_secret_in_it() {
        var problem =
                problemOf(() -> at(URI.create("http://me:s3cret@n_1:8008")).cluster());
        assertEquals(ProblemType.NOT_POSSIBLE, problem.type());
        assertTrue(problem.detail().contains("http://n_1:8008"), problem.detail());
        assertFalse(problem.detail().contains("s3cret"), problem.detail());

        assertEquals(
                ProblemType.NOT_POSSIBLE,
                problemOf(() -> at(url()).reload(MEMBER)).type());
    }
}
