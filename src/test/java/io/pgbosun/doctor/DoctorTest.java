package io.pgbosun.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.Api;
import io.pgbosun.TestHome;
import io.pgbosun.host.Traces;
import io.pgbosun.store.Store;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the oracle says of an installation that is as it should be, and of violations that are planted in it. */
@QuarkusTest
@WithTestResource(value = TestHome.class, scope = TestResourceScope.RESTRICTED_TO_CLASS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DoctorTest {
    private final Api api = Api.admin();

    @Inject
    Store store;

    @Inject
    Patient patient;

    @Inject
    Traces traces;

    @BeforeAll
    void work() {
        Patient.work(api);
    }

    /** The violation is found while it is there, nothing else is, and nothing is when it is mended. */
    private void found(Patient.Act plant, Patient.Act mend, String... findings) throws Exception {
        assertEquals(Set.of(), patient.findings());
        try {
            plant.run();
            assertEquals(new TreeSet<>(Set.of(findings)), patient.findings());
        } finally {
            mend.run();
        }
        assertEquals(Set.of(), patient.findings());
    }

    /** A change of one value, and back. */
    private void changed(String table, String column, String value, String where, Object key, String... findings)
            throws Exception {
        var row = "from %s where %s".formatted(table, where);
        var before = store.one("select %s::text as value %s".formatted(column, row), key)
                .orElseThrow()
                .text("value");
        var type = store.one("select pg_typeof(%s)::text as type %s".formatted(column, row), key)
                .orElseThrow()
                .text("type");
        var set = "update %s set %s = $2::text::%s where %s".formatted(table, column, type, where);
        found(() -> store.update(set, key, value), () -> store.update(set, key, before), findings);
    }

    @Test
    void an_installation_that_works_as_it_should_has_no_finding() {
        var diagnosis =
                api.get("/v1/diagnosis").then().statusCode(200).extract().jsonPath();
        assertEquals(List.of(), diagnosis.getList("checks.findings.flatten()"), diagnosis.prettify());
        assertTrue(diagnosis.getBoolean("healthy"));
        assertEquals(List.of("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9"), diagnosis.getList("checks.id"));
        var examined = diagnosis.<Integer>getList("checks.findAll { it.id != 'I8' }.examinedCount");
        assertTrue(examined.stream().allMatch(count -> count > 0), diagnosis.prettify());
    }

    @Test
    void a_failure_is_told_with_what_was_seen_and_what_to_do_and_is_gone_when_it_is_mended() {
        var id = patient.newest("vacuum");
        store.update("update operation set last_event = last_event + 1 where id = $1", id);
        var diagnosis =
                api.get("/v1/diagnosis").then().statusCode(200).extract().jsonPath();
        store.update("update operation set last_event = last_event - 1 where id = $1", id);
        assertFalse(diagnosis.getBoolean("healthy"));
        Map<String, String> finding = diagnosis.getMap("checks.find { it.id == 'I6' }.findings[0]");
        assertEquals("FAIL", finding.get("verdict"));
        assertEquals("operations/" + id, finding.get("subject"));
        assertTrue(finding.get("seen").contains("events"), finding.toString());
        assertTrue(finding.get("remedy").contains("GET /v1/operations/" + id), finding.toString());
        assertEquals(Set.of(), patient.findings());
    }

    @Test
    void two_operations_of_one_key_are_found_and_the_lost_index_too() throws Exception {
        var key = UUID.randomUUID().toString();
        var ids = new UUID[2];
        patient.still(() -> found(
                () -> {
                    store.update("drop index operation_by_key");
                    for (var n = 0; n < 2; n++) {
                        ids[n] = patient.history("QUEUED", "CANCELLED");
                        store.update(
                                "update operation set idempotency_key = $2, ended_at = now() where id = $1",
                                ids[n],
                                key);
                    }
                },
                () -> {
                    patient.forget(ids[0]);
                    patient.forget(ids[1]);
                    store.update(
                            "create unique index operation_by_key on operation (principal, idempotency_key) where idempotency_key is not null");
                },
                "I1 FAIL table operation",
                "I1 FAIL key '" + key + "' of planted"));
    }

    @Test
    void an_accepted_operation_that_is_not_there_any_more_is_found() throws Exception {
        var id = UUID.randomUUID();
        found(
                () -> patient.audit(id, "vacuum.start", "{}"),
                () -> patient.audit(id, "operation.forget", "{}"),
                "I1 FAIL operations/" + id);
    }

    @Test
    void a_state_that_may_not_follow_is_found_and_its_audit_entry_is_missed() throws Exception {
        var id = patient.newest("vacuum");
        changed(
                "operation_event",
                "data",
                "{\"state\":\"STUCK\"}",
                "operation = $1 and data->>'state' in ('RUNNING', 'STUCK')",
                id,
                "I2 FAIL operations/" + id,
                "I5 FAIL operations/" + id);
    }

    @Test
    void a_state_that_no_event_tells_of_is_found() throws Exception {
        var id = patient.newest("vacuum");
        changed("operation", "state", "FAILED", "id = $1", id, "I2 FAIL operations/" + id);
    }

    @Test
    void an_epoch_that_does_not_rise_and_a_step_of_an_epoch_that_never_ran_are_found() throws Exception {
        var id = patient.newest("vacuum");
        changed(
                "operation_step",
                "epoch",
                "7",
                "operation = $1 and place = (select min(place) from operation_step where operation = $1)",
                id,
                "I2 FAIL operations/" + id);
        patient.still(() -> {
            var planted = patient.history("QUEUED", "RUNNING", "RUNNING", "FAILED");
            store.update("update operation set ended_at = now() where id = $1", planted);
            assertEquals(Set.of("I2 FAIL operations/" + planted), patient.findings());
            patient.forget(planted);
        });
    }

    @Test
    void runs_that_overlap_on_what_both_lock_are_found() throws Exception {
        var provision = store.one("select id from operation where kind = 'provision' and target = 'clusters/patient'")
                .orElseThrow()
                .uuid("id");
        changed(
                "operation_event",
                "at",
                "2100-01-01 00:00:00+00",
                "operation = $1 and number = (select last_event from operation where id = $1)",
                provision,
                "I3 FAIL clusters/patient",
                "I3 FAIL hosts/local");
    }

    @Test
    void what_was_done_twice_or_by_an_older_run_is_found_in_the_servers_log() throws Exception {
        var id = patient.newest("vacuum");
        var log = traces.serverLog(
                Path.of(patient.cluster().instances().getFirst().dataDirectory()));
        var length = Files.size(log);
        found(
                () -> {
                    patient.say("pgbosun:" + id + ":2", "postgres", "create database twice");
                    patient.say(null, "postgres", "drop database twice");
                    patient.say("pgbosun:" + id + ":2", "postgres", "create database twice");
                },
                () -> mend(log, length),
                "I4 FAIL operations/" + id);
        found(
                () -> {
                    patient.say("pgbosun:" + id + ":2", "postgres", "create table newer (id int)", "drop table newer");
                    patient.say("pgbosun:" + id + ":1", "postgres", "create table older (id int)", "drop table older");
                },
                () -> truncate(log, length),
                "I4 FAIL operations/" + id);
    }

    private void mend(Path log, long length) throws Exception {
        patient.say(null, "postgres", "drop database twice");
        truncate(log, length);
    }

    private static void truncate(Path log, long length) throws Exception {
        try (var channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    @Test
    void the_verifier_of_a_password_is_not_in_the_servers_log() throws Exception {
        var log = traces.serverLog(
                Path.of(patient.cluster().instances().getFirst().dataDirectory()));
        var text = Files.readString(log);
        assertTrue(text.contains("create database"), "what is defined is logged");
        assertFalse(text.contains("SCRAM-SHA-256$"), text);
    }
}
