package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.v1.MaintenanceServiceGrpc;
import io.pgbosun.v1.Vacuum;
import io.pgbosun.v1.VacuumRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** R11: one idempotency key, many times at once, through two doors of two services over one control database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneKeyManyTimesIT {
    private static final String VACUUM = "/v1/clusters/keyed/maintenance/vacuum";
    private static final int TIMES = 64;

    private final Path folder = Service.newFolder();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final Scoreboard board = Scoreboard.of("R11", "64 at once with one key through 2 doors of 2 processes");
    private Service one;
    private Service two;

    @BeforeAll
    void start() {
        one = Service.first(folder, "api,worker");
        two = one.beside("two", "api,worker");
        one.rest().provision("keyed", 1);
        channels.add(channel(one));
        channels.add(channel(two));
    }

    @AfterAll
    void stop() {
        board.show();
        channels.forEach(ManagedChannel::shutdownNow);
        Service.clear(folder, one, two);
    }

    private static ManagedChannel channel(Service service) {
        return NettyChannelBuilder.forAddress("127.0.0.1", service.port())
                .usePlaintext()
                .build();
    }

    @RepeatedTest(3)
    void sixty_four_requests_with_one_key_through_both_doors_of_both_services_are_one_operation() {
        board.run(() -> {
            var key = UUID.randomUUID().toString();
            var answers = atOnce(index -> () -> ask(index, one.token(), key, "shop"));
            assertEquals(
                    1, new TreeSet<>(answers).size(), "the operations that were answered: " + new TreeSet<>(answers));
            assertEquals(1, one.store().number("select count(*) from operation where idempotency_key = ?", key));
            for (var service : List.of(one, two)) {
                var listed = service.rest()
                        .get("/v1/operations?kind=vacuum&target=clusters/keyed&pageSize=500")
                        .json()
                        .getList("items.findAll { it.requestId == '%s' }.id".formatted(key), String.class);
                assertEquals(List.of(answers.getFirst()), listed);
            }
            one.rest().succeeded(answers.getFirst());
            assertEquals(
                    1,
                    one.store()
                            .number(
                                    "select count(*) from audit_entry where operation = ?::uuid and action = 'vacuum.start'",
                                    answers.getFirst()));
            judge();
        });
    }

    @Test
    void the_key_with_another_body_is_refused_by_both_doors_of_both_services() {
        board.run(() -> {
            var key = UUID.randomUUID().toString();
            var operation = ask(0, one.token(), key, "shop");
            for (var service : List.of(one, two)) {
                var refused = service.rest().post(VACUUM, "{'databases':['postgres']}", key);
                assertEquals(422, refused.status(), refused.toString());
                assertEquals("urn:pgbosun:problem:key-reused", refused.json().getString("type"));
                assertEquals(operation, refused.json().getString("facts.operation"), refused.toString());
            }
            for (var channel : channels) {
                var refused = Assertions.assertThrows(
                        StatusRuntimeException.class, () -> vacuum(channel, one.token(), key, "postgres"));
                assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
            }
            one.rest().succeeded(operation);
            judge();
        });
    }

    @Test
    void the_key_of_another_principal_is_another_key() {
        board.run(() -> {
            var key = UUID.randomUUID().toString();
            var another = one.rest()
                    .post("/v1/tokens", "{'principal':'another','grants':[{'role':'OPERATOR','labels':{}}]}")
                    .json()
                    .getString("value");
            var mine = Set.copyOf(atOnce(index -> () -> ask(index, one.token(), key, "shop")));
            var theirs = Set.copyOf(atOnce(index -> () -> ask(index, another, key, "shop")));
            assertEquals(1, mine.size());
            assertEquals(1, theirs.size());
            assertNotEquals(mine, theirs);
            assertEquals(2, one.store().number("select count(*) from operation where idempotency_key = ?", key));
            judge();
        });
    }

    @Test
    void bodies_that_differ_at_the_same_moment_make_one_operation_and_refusals() {
        board.run(() -> {
            var key = UUID.randomUUID().toString();
            var answers = atOnce(index -> () -> service(index)
                    .post(VACUUM, "{'databases':['%s']}".formatted(index % 3 == 0 ? "shop" : "postgres"), key)
                    .status());
            assertEquals(Set.of(202, 422), Set.copyOf(answers));
            assertEquals(1, one.store().number("select count(*) from operation where idempotency_key = ?", key));
            judge();
        });
    }

    @Test
    void the_key_is_known_to_the_other_service_after_a_kill() {
        board.run(() -> {
            var key = UUID.randomUUID().toString();
            var operation =
                    two.rest().post(VACUUM, "{'databases':['shop']}", key).started();
            two.kill();
            assertEquals(operation, ask(0, one.token(), key, "shop"));
            two.start();
            channels.set(1, channel(two)).shutdownNow();
            assertEquals(operation, ask(3, one.token(), key, "shop"));
            one.rest().ended(operation, Duration.ofSeconds(60));
            judge();
        });
    }

    @Test
    void the_key_answers_the_same_operation_while_it_runs_and_after_it_has_ended() {
        board.run(() -> {
            var key = UUID.randomUUID().toString();
            var path = "/v1/clusters/keyed/maintenance/no-op";
            var slow = "{'steps':2,'stepMillis':700}";
            var operation = one.rest().post(path, slow, key).started();
            Eventually.closely(
                    "it runs",
                    Duration.ofSeconds(30),
                    () -> "RUNNING".equals(one.store().value(ControlDatabase.STATE, operation)));
            assertEquals(
                    Set.of(operation),
                    Set.copyOf(atOnce(
                            index -> () -> service(index).post(path, slow, key).started())));
            one.rest().succeeded(operation);
            assertEquals(
                    Set.of(operation),
                    Set.copyOf(atOnce(
                            index -> () -> service(index).post(path, slow, key).started())));
            judge();
        });
    }

    private void judge() {
        Eventually.until(
                "all have ended",
                Duration.ofSeconds(60),
                () -> one.store().number("select count(*) from operation where ended_at is null") == 0);
        new Oracle(one).refuseFindings();
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
    }

    private Rest service(int index) {
        return (index % 2 == 0 ? one : two).rest();
    }

    /** Through one of the four doors; the id of the operation that is answered. */
    private String ask(int index, String token, String key, String database) {
        if (index / 2 % 2 == 0) {
            return service(index)
                    .with(token)
                    .post(VACUUM, "{'databases':['%s']}".formatted(database), key)
                    .started();
        }
        return vacuum(channels.get(index % 2), token, key, database);
    }

    private static String vacuum(ManagedChannel channel, String token, String key, String database) {
        var headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        var name = MaintenanceServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .vacuum(VacuumRequest.newBuilder()
                        .setCluster("keyed")
                        .setVacuum(Vacuum.newBuilder().addDatabases(database))
                        .setRequestId(key)
                        .build())
                .getName();
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /** Asks on as many threads, which wait for each other. */
    private static <T> List<T> atOnce(java.util.function.IntFunction<Supplier<T>> ask) {
        var gate = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = new ArrayList<Future<T>>();
            for (var index = 0; index < TIMES; index++) {
                var request = ask.apply(index);
                asked.add(threads.submit(() -> {
                    gate.await();
                    return request.get();
                }));
            }
            gate.countDown();
            var answers = new ArrayList<T>();
            for (var answer : asked) {
                answers.add(answer.get());
            }
            return answers;
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
