package io.pgbosun.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgbosun.Api;
import io.pgbosun.TestHome;
import io.pgbosun.adapter.Soon;
import io.pgbosun.store.Store;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Violations of the audit trail, of events, secrets, progress and tidiness, planted and found as exactly that. */
@QuarkusTest
@WithTestResource(value = TestHome.class, scope = TestResourceScope.RESTRICTED_TO_CLASS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlantedTest {
    private final Path home = Path.of(ConfigProvider.getConfig().getValue("pgbosun.home", String.class));

    @Inject
    Store store;

    @Inject
    Patient patient;

    private UUID vacuum;

    @BeforeAll
    void work() {
        Patient.work(Api.admin());
        vacuum = patient.newest("vacuum");
        assertEquals(Set.of(), patient.findings());
    }

    /** The violation is found while it is there, nothing else is, and nothing is when it is mended. */
    private void found(Patient.Act plant, Patient.Act mend, String... findings) throws Exception {
        try {
            plant.run();
            assertEquals(new TreeSet<>(Set.of(findings)), patient.findings());
        } finally {
            mend.run();
        }
        assertEquals(Set.of(), patient.findings());
    }

    @Test
    void a_forged_audit_entry_an_extra_one_and_one_that_nobody_seals_are_found() throws Exception {
        var entry = store.one(
                        "select number, details::text as details from audit_entry where action = 'vacuum.start' and number > 1 order by number limit 1")
                .orElseThrow();
        var forge = "update audit_entry set details = $2::text::jsonb where number = $1";
        found(
                () -> store.update(forge, entry.number("number"), "{\"forged\":true}"),
                () -> store.update(forge, entry.number("number"), entry.text("details")),
                "I5 FAIL audit entry " + entry.number("number"));
        patient.still(() -> found(
                () -> patient.audit(vacuum, "vacuum.succeeded", "{}"),
                () -> store.update("delete from audit_entry where principal = 'planted' and number is null"),
                "I5 FAIL operations/" + vacuum));
        patient.still(() -> found(
                () -> {
                    patient.audit(null, "token.create", "{}");
                    store.update(
                            "update audit_entry set at = at - interval '1 minute' where principal = 'planted' and number is null");
                },
                () -> store.update("delete from audit_entry where principal = 'planted' and number is null"),
                "I5 FAIL audit entries without a number"));
    }

    @Test
    void a_missing_event_one_out_of_time_and_an_outcome_that_was_not_told_are_found() throws Exception {
        var last = "where operation = $1 and number = (select max(number) from operation_event where operation = $1)";
        found(
                () -> store.update("update operation_event set number = number + 1 " + last, vacuum),
                () -> store.update("update operation_event set number = number - 1 " + last, vacuum),
                "I6 FAIL operations/" + vacuum);
        found(
                () -> store.update(
                        "update operation_event set at = at - interval '1 day' where operation = $1 and number = 3",
                        vacuum),
                () -> store.update(
                        "update operation_event set at = at + interval '1 day' where operation = $1 and number = 3",
                        vacuum),
                "I6 WARN operations/" + vacuum);
        found(
                () -> store.update("update operation set result = result || '{\"better\":1}' where id = $1", vacuum),
                () -> store.update("update operation set result = result - 'better' where id = $1", vacuum),
                "I6 FAIL operations/" + vacuum);
    }

    @Test
    void a_token_a_password_and_what_looks_like_one_are_found_wherever_they_are_written() throws Exception {
        var token = Files.readString(home.resolve("token")).strip();
        var password = patient.cluster().password().reveal();
        for (var secret : Set.of(token, token.substring(41), password, "password=tiger", "SCRAM-SHA-256$4096:x")) {
            found(
                    () -> store.update("update operation set reason = $2 where id = $1", vacuum, "with " + secret),
                    () -> store.update("update operation set reason = '' where id = $1", vacuum),
                    "I7 FAIL operations/" + vacuum);
        }
        found(
                () -> store.update(
                        "update operation_step set answer = jsonb_build_object('said', $2::text) where operation = $1 and name like 'vacuum %'",
                        vacuum, password),
                () -> store.update(
                        "update operation_step set answer = null where operation = $1 and name like 'vacuum %'",
                        vacuum),
                "I7 FAIL operations/" + vacuum);
        var process = new ProcessBuilder("sh", "-c", "read wait; : " + password).start();
        found(() -> {}, () -> process.destroyForcibly().waitFor(), "I7 FAIL process " + process.pid());
    }

    @Test
    void what_nobody_takes_up_and_what_is_stuck_are_found() throws Exception {
        Soon.until(
                "what earlier tests did is sealed, and may be moved in time",
                () -> store.one("select count(*) from audit_entry where number is null")
                                .orElseThrow()
                                .number("count")
                        == 0);
        patient.still(() -> {
            var abandoned = patient.history("QUEUED", "RUNNING");
            var stuck = patient.history("QUEUED", "RUNNING", "STUCK");
            assertEquals(Set.of("I8 FAIL operations/" + abandoned, "I8 WARN operations/" + stuck), patient.findings());
            patient.forget(abandoned);
            patient.forget(stuck);
            var waiting = patient.history("QUEUED");
            store.update("update operation set updated_at = now() - interval '1 minute' where id = $1", waiting);
            store.update("update audit_entry set at = at - interval '1 minute' where action like '%.running'");
            var findings = patient.findings();
            store.update("update audit_entry set at = at + interval '1 minute' where action like '%.running'");
            patient.forget(waiting);
            assertEquals(Set.of("I8 FAIL operations/" + waiting), without(findings, "I5 FAIL audit entry"));
        });
        assertEquals(Set.of(), patient.findings());
    }

    private static Set<String> without(Set<String> findings, String prefix) {
        var left = new TreeSet<>(findings);
        left.removeIf(finding -> finding.startsWith(prefix));
        return left;
    }

    @Test
    void a_lock_of_an_operation_that_has_ended_is_found() throws Exception {
        found(
                () -> store.update(
                        "insert into operation_lock (operation, resource, exclusive) values ($1, 'clusters/other', true)",
                        vacuum),
                () -> store.update("delete from operation_lock where operation = $1", vacuum),
                "I9 FAIL operations/" + vacuum);
    }

    @Test
    void files_and_directories_that_nobody_owns_and_those_that_are_missed_are_found() throws Exception {
        var scratch = home.resolve("scratch/" + UUID.randomUUID());
        directory(scratch, "I9 FAIL " + scratch);
        var partial = home.resolve("backups/.partial-" + UUID.randomUUID());
        directory(partial, "I9 FAIL " + partial);
        var unknown = home.resolve("backups/" + UUID.randomUUID());
        directory(unknown, "I9 WARN " + unknown);
        var halfMade = home.resolve("clusters/gone/gone-2.basebackup-tmp");
        directory(halfMade, "I9 FAIL " + halfMade);
        var probe = home.resolve("backups/.probe-" + UUID.randomUUID());
        directory(probe, "I9 FAIL " + probe);
        var backup = store.one("select id from backup").orElseThrow().uuid("id");
        var stored = home.resolve("backups/" + backup);
        found(
                () -> Files.move(stored, home.resolve("away")),
                () -> Files.move(home.resolve("away"), stored),
                "I9 FAIL backups/" + backup);
    }

    /** Its paths are of another machine: what is at the same ones here is none of its own. */
    @Test
    void nothing_is_looked_for_here_that_is_of_a_host_reached_by_ssh() throws Exception {
        var alike = Files.createDirectories(home.resolve("far/gone/gone-2.basebackup-tmp"));
        try {
            store.update("""
                    insert into host (name, driver, data_root, address, ssh_port, ssh_user, host_key)
                    values ('far', 'SSH', $1, '10.0.0.1', 22, 'postgres', 'ssh-ed25519 AAAA')
                    """, home.resolve("far").toString());
            store.update(
                    "insert into instance (cluster, name, host, address, port, data_directory) values ('patient', 'patient-9', 'far', '10.0.0.1', 5432, $1)",
                    home.resolve("far/patient/patient-9").toString());
            assertEquals(Set.of(), patient.findings());
        } finally {
            store.update("delete from instance where host = 'far'");
            store.update("delete from host where name = 'far'");
            Files.delete(alike);
        }
    }

    private void directory(Path path, String finding) throws Exception {
        found(() -> Files.createDirectories(path), () -> Files.delete(path), finding);
    }

    @Test
    void slots_indexes_and_sessions_that_a_run_has_left_on_a_server_are_found() throws Exception {
        found(
                () -> patient.say(null, "postgres", "select pg_create_physical_replication_slot('patient_9')"),
                () -> patient.say(null, "postgres", "select pg_drop_replication_slot('patient_9')"),
                "I9 FAIL replication slot patient_9 of patient-1");
        found(
                () -> patient.say(null, "postgres", "select pg_create_physical_replication_slot('pgbosun_backup_1')"),
                () -> patient.say(null, "postgres", "select pg_drop_replication_slot('pgbosun_backup_1')"),
                "I9 FAIL replication slot pgbosun_backup_1 of patient-1");
        found(
                this::leaveInvalidIndex,
                () -> patient.say(null, "shop", "drop table twins"),
                "I9 FAIL index public.twins_ccnew in shop of patient");
        try (var session = patient.session("pgbosun:" + vacuum + ":1", "shop");
                var pid = session.createStatement().executeQuery("select pg_backend_pid()")) {
            pid.next();
            assertEquals(Set.of("I9 FAIL session %d of patient-1".formatted(pid.getInt(1))), patient.findings());
        }
        assertEquals(Set.of(), patient.findings());
    }

    private void leaveInvalidIndex() throws SQLException {
        patient.say(null, "shop", "create table twins (id int)", "insert into twins values (1), (1)");
        try {
            patient.say(null, "shop", "create unique index concurrently twins_ccnew on twins (id)");
        } catch (SQLException duplicate) {
            assertEquals("23505", duplicate.getSQLState());
        }
    }

    @Test
    void a_program_of_a_run_that_is_over_is_found_and_one_of_another_installation_is_not() throws Exception {
        var stranger = program("pgbosun:" + UUID.randomUUID() + ":1");
        var left = program("pgbosun:" + vacuum + ":1");
        found(
                () -> {},
                () -> {
                    left.destroyForcibly().waitFor();
                    stranger.destroyForcibly().waitFor();
                },
                "I9 FAIL process " + left.pid());
    }

    private static Process program(String mark) throws IOException {
        var builder = new ProcessBuilder("sh", "-c", "read wait");
        builder.environment().put("PGBOSUN_WORK", mark);
        return builder.start();
    }
}
