package io.pgbosun.adapter;

import static io.pgbosun.adapter.Streams.MIB;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.ObjectStore;
import io.pgbosun.host.ObjectStore.StoredObject;
import io.pgbosun.host.ObjectStore.Written;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What every store of objects promises, tried on a real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ObjectStoreContract {
    private static final int PART = 8 * MIB;
    private static final int OVER_A_PAGE = 1001;
    private static final Duration BOUNDED = Duration.ofSeconds(45);

    private final byte[] small = Streams.bytes(1000, 1);
    private final byte[] large = Streams.bytes(20 * MIB, 2);
    private ObjectServer server;
    private ObjectStore store;

    abstract ObjectServer start();

    abstract Secret wrongSecret();

    /** The service's code when the secret is wrong. */
    abstract String refusal();

    /** The service's code when there is no such bucket or container. */
    abstract String absence();

    /** How the request begins after which an object is there. */
    abstract String publishing(boolean inParts);

    @BeforeAll
    void startServer() {
        server = start();
        store = server.at("ours/");
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    private static byte[] read(ObjectStore store, String key) {
        try (var content = store.open(key)) {
            return content.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void putAndRead(String key, byte[] content) {
        var written = store.put(key, Streams.of(content));
        assertEquals(new Written(content.length, sha256(content)), written, key);
        assertEquals(Optional.of(new StoredObject(key, content.length)), store.find(key));
        assertArrayEquals(content, read(store, key), key);
    }

    private void refusesToPut(ProblemType type, String key, InputStream content) {
        assertEquals(type, Soon.problemOf(() -> store.put(key, content)).type());
    }

    private void isAbsent(String key) {
        assertEquals(Optional.empty(), store.find(key));
        assertEquals(List.of(), store.list(key));
        assertEquals(0, store.abandon(key), "nothing is half there");
        assertEquals(
                ProblemType.NOT_FOUND, Soon.problemOf(() -> store.open(key)).type());
    }

    @Test
    void what_is_put_is_read_back_whatever_its_size() {
        for (int size : List.of(0, 1, PART - 1, PART, PART + 1, 20 * MIB)) {
            putAndRead("sizes/" + size, Streams.bytes(size, size));
        }
    }

    @Test
    void keys_may_have_spaces_signs_and_letters_of_any_language() {
        for (var key : List.of("keys/a b/ c", "keys/größe/表", "keys/a-b_c.d/e", "keys/a+b%41&c=d")) {
            putAndRead(key, small);
        }
        assertEquals(4, store.list("keys/").size());
        store.list("keys/").forEach(object -> store.delete(object.key()));
        assertEquals(List.of(), store.list("keys/"));
    }

    @Test
    void a_key_that_is_taken_keeps_its_first_content() {
        store.put("taken", Streams.of(small));
        refusesToPut(ProblemType.ALREADY_EXISTS, "taken", Streams.of(new byte[1]));
        refusesToPut(ProblemType.ALREADY_EXISTS, "taken", Streams.of(large));
        assertArrayEquals(small, read(store, "taken"));
    }

    @Test
    void of_two_who_store_small_objects_under_one_key_one_wins() {
        oneWins("two-small", Streams.bytes(1000, 3), Streams.bytes(1000, 4));
    }

    @Test
    void of_two_who_store_large_objects_under_one_key_one_wins() {
        oneWins("two-large", Streams.bytes(PART + 1000, 3), Streams.bytes(PART + 1000, 4));
    }

    /** Both have seen that nothing is there before either goes on. */
    private void oneWins(String key, byte[] one, byte[] other) {
        var barrier = new CyclicBarrier(2);
        var problems = Stream.of(one, other)
                .map(content -> Streams.between(new byte[0], () -> await(barrier), content))
                .map(content -> Soon.start(() -> store.put(key, content)))
                .toList()
                .stream()
                .map(Soon::outcome)
                .toList();
        assertEquals(1, problems.stream().filter(Objects::isNull).count(), problems::toString);
        var lost = problems.stream().filter(Objects::nonNull).findFirst().orElseThrow();
        assertEquals(ProblemType.ALREADY_EXISTS, lost.type(), lost.detail());
        assertArrayEquals(problems.getFirst() == null ? one : other, read(store, key));
    }

    private static void await(CyclicBarrier barrier) throws IOException {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Test
    void a_stream_that_fails_leaves_nothing() {
        for (int size : List.of(100, 20 * MIB)) {
            var key = "failing/" + size;
            var broken = Streams.between(
                    Streams.bytes(size, 5),
                    () -> {
                        throw new IOException("the pipe broke");
                    },
                    small);
            var problem = Soon.problemOf(() -> store.put(key, broken));
            assertEquals(ProblemType.PROGRAM_FAILED, problem.type());
            assertTrue(problem.detail().contains("the pipe broke"), problem.detail());
            isAbsent(key);
        }
    }

    @Test
    void a_run_that_ends_in_between_leaves_nothing() {
        for (int size : List.of(100, 20 * MIB)) {
            var key = "ended/" + size;
            var work = new Work(UUID.randomUUID(), 1);
            var content = Streams.between(Streams.bytes(size, 6), work::end, new byte[0]);
            var problem = Soon.problemOf(() -> work.run(() -> store.put(key, content)));
            assertEquals(ProblemType.CANCELLED, problem.type(), problem.detail());
            isAbsent(key);
        }
    }

    @Test
    void reading_ends_with_its_run() {
        store.put("read-on", Streams.of(small));
        var work = new Work(UUID.randomUUID(), 1);
        work.run(() -> {
            var content = store.open("read-on");
            work.end();
            var problem = assertThrows(Problem.class, content::read);
            assertEquals(ProblemType.CANCELLED, problem.type());
        });
    }

    @Test
    void parts_for_which_there_is_no_memory_wait_in_files_and_leave_none() throws IOException {
        var parts = server.home.resolve("files");
        var tight = server.at(ObjectServer.PLACE, "tight/", server.secret(), server.port, new PartSpace(parts, 0));
        assertEquals(new Written(large.length, sha256(large)), tight.put("large", Streams.of(large)));
        assertArrayEquals(large, read(tight, "large"));
        try (var left = Files.list(parts)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void more_objects_than_a_page_holds_are_listed_in_order_and_no_others() {
        var other = server.at("other/");
        other.put("many/x", Streams.of(small));
        store.put("manx", Streams.of(small));
        var keys =
                IntStream.range(0, OVER_A_PAGE).mapToObj("many/%04d"::formatted).toList();
        try (var threads = Executors.newFixedThreadPool(4)) {
            keys.forEach(key -> threads.execute(() -> store.put(key, Streams.of(new byte[3]))));
        }
        var expected = keys.stream().map(key -> new StoredObject(key, 3)).toList();
        assertEquals(expected, store.list("many/"));
        assertEquals(List.of(new StoredObject("many/x", small.length)), other.list(""));
    }

    @Test
    void what_is_deleted_is_gone_and_deleting_it_again_changes_nothing() {
        store.put("gone", Streams.of(small));
        store.delete("gone");
        isAbsent("gone");
        store.delete("gone");
    }

    @Test
    void a_key_is_not_found_by_another_that_begins_with_it() {
        store.put("begins/with-more", Streams.of(small));
        assertEquals(Optional.empty(), store.find("begins/with"));
    }

    @Test
    void what_was_begun_and_never_ended_is_abandoned_below_the_prefix_only() {
        server.begin("ours/begun/one");
        server.begin("ours/begun/two");
        server.begin("others/begun");
        assertEquals(2, store.abandon("begun/"));
        isAbsent("begun/");
        assertEquals(List.of(), store.list("begun/"));
        assertEquals(1, server.at("others/").abandon(""));
        store.put("begun/one", Streams.of(small));
    }

    @Test
    void a_wrong_secret_is_refused_and_none_is_told() {
        var wrong = server.at(ObjectServer.PLACE, "ours/", wrongSecret(), server.port, server.space());
        for (var refused : tried(wrong, true)) {
            assertEquals(ProblemType.NOT_POSSIBLE, refused.type(), refused.detail());
            assertTrue(refused.detail().contains(refusal()), refused.detail());
            tellsNoSecret(refused);
        }
    }

    @Test
    void an_absent_bucket_is_told_as_such() {
        var nowhere = server.at("nowhere", "ours/", server.secret(), server.port, server.space());
        // deleting what cannot be there and ending what was not begun may be no fault
        for (var refused : tried(nowhere, false)) {
            assertEquals(ProblemType.NOT_POSSIBLE, refused.type(), refused.detail());
            assertTrue(refused.detail().contains(absence()), refused.detail());
            assertTrue(refused.detail().contains("nowhere"), refused.detail());
            tellsNoSecret(refused);
        }
    }

    @Test
    void where_nobody_listens_is_told_soon() {
        int port = new LocalPgPrograms().freePort();
        var dead = server.at(ObjectServer.PLACE, "ours/", server.secret(), port, server.space());
        for (var silent : assertTimeout(BOUNDED, () -> tried(dead, true))) {
            assertEquals(ProblemType.UNREACHABLE, silent.type(), silent.detail());
            assertTrue(silent.detail().contains("127.0.0.1:" + port), silent.detail());
            tellsNoSecret(silent);
        }
    }

    private List<Problem> tried(ObjectStore failing, boolean all) {
        var uses = Stream.<Runnable>of(
                () -> failing.put("x", Streams.of(small)),
                () -> failing.open("x"),
                () -> failing.find("x"),
                () -> failing.list(""));
        var more = Stream.<Runnable>of(() -> failing.delete("x"), () -> failing.abandon(""));
        return (all ? Stream.concat(uses, more) : uses).map(Soon::problemOf).toList();
    }

    private void tellsNoSecret(Problem problem) {
        var trace = new StringWriter();
        problem.printStackTrace(new PrintWriter(trace));
        for (var secret : List.of(server.secret(), wrongSecret())) {
            assertFalse((trace + " " + problem.facts()).contains(secret.reveal()), trace.toString());
        }
    }

    private ObjectStore over(BreakingLink link) {
        return server.at(ObjectServer.PLACE, "ours/", server.secret(), link.port(), server.space());
    }

    @Test
    void a_put_whose_answer_is_lost_is_no_key_that_is_taken() {
        for (int size : List.of(1000, PART + 1000)) {
            try (var link = new BreakingLink(server.port, publishing(size > PART), 0, 1)) {
                var content = Streams.bytes(size, 8);
                var key = "lost/" + size;
                assertEquals(size, over(link).put(key, Streams.of(content)).sizeBytes());
                assertEquals(0, link.breaksLeft());
                assertArrayEquals(content, read(store, key));
            }
        }
    }

    @Test
    void an_object_whose_connection_breaks_is_read_on() {
        store.put("broken", Streams.of(large));
        try (var link = new BreakingLink(server.port, "GET ", 3 * MIB, 2)) {
            assertArrayEquals(large, read(over(link), "broken"));
            assertEquals(0, link.breaksLeft());
        }
    }

    @Test
    void a_server_that_dies_amid_an_upload_is_told_soon() {
        try (var mortal = start()) {
            var dying = Streams.between(Streams.bytes(12 * MIB, 7), mortal::kill, large);
            var doomed = mortal.at("ours/");
            var problem = assertTimeout(BOUNDED, () -> Soon.problemOf(() -> doomed.put("doomed", dying)));
            assertEquals(ProblemType.UNREACHABLE, problem.type(), problem.detail());
            tellsNoSecret(problem);
        }
    }
}
