package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.DumpRequest;
import io.pgbosun.host.DumpRequest.Format;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.RestoreRequest;
import io.pgbosun.host.TableName;
import io.pgbosun.host.Work;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

class DumpProgramsTest {
    static final List<String> NAMES = HostileNames.ALL;
    private static final TableName ORDERS = new TableName("public", "orders");
    private static final TableName SALES_ORDERS = new TableName("sa'les", "or\"ders *");

    private static RealPostgres postgres;
    private static LocalPgPrograms programs;

    @BeforeAll
    static void start() {
        postgres = RealPostgres.start();
        programs = postgres.programs;
        postgres.server.createDatabase("shop", null);
        postgres.server.script("shop", """
                create role seller;
                create table orders (id int primary key, note text);
                insert into orders select i, i from generate_series(1, 1000) i;
                create table other (id int);
                insert into other values (1);
                create schema "sa'les";
                create table "sa'les"."or""ders *" (id int);
                insert into "sa'les"."or""ders *" select generate_series(1, 20);
                create table "sa'les".orders (id int);
                alter table orders owner to seller""");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Path target() {
        return postgres.home.resolve("dump-" + UUID.randomUUID());
    }

    private static DumpRequest shop(Format format) {
        return new DumpRequest(postgres.endpoint, "shop", format, false, format == Format.DIRECTORY ? 2 : 1);
    }

    private static RestoreRequest into(String database, List<TableName> tables, boolean owners) {
        postgres.server.createDatabase(database, null);
        return new RestoreRequest(postgres.endpoint, database, tables, 2, owners);
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void a_dump_restores_with_every_row_and_owner(Format format) {
        var target = target();
        assertEquals(List.of(), programs.dump(shop(format), target));
        assertEquals(format == Format.DIRECTORY, Files.isDirectory(target));
        var database = "restored_" + format;
        assertEquals(List.of(), programs.restore(target, into(database, List.of(), true)));
        assertEquals(1000, postgres.server.countRows(database, ORDERS));
        assertEquals(20, postgres.server.countRows(database, SALES_ORDERS));
        assertEquals(Optional.of("seller"), owner(database));
    }

    private static Optional<String> owner(String database) {
        return postgres.server.value(
                database, "select pg_get_userbyid(relowner) from pg_class where oid = 'public.orders'::regclass");
    }

    @Test
    void a_directory_that_a_former_try_left_is_written_anew() throws IOException {
        var target = Files.createDirectories(target());
        Files.writeString(target.resolve("left"), "x");
        programs.dump(shop(Format.DIRECTORY), target);
        assertFalse(Files.exists(target.resolve("left")));
    }

    @Test
    void a_schema_alone_has_no_rows_and_owners_can_be_left_out() {
        var target = target();
        programs.dump(new DumpRequest(postgres.endpoint, "shop", Format.CUSTOM, true, 1), target);
        programs.restore(target, into("empty", List.of(), false));
        assertEquals(0, postgres.server.countRows("empty", ORDERS));
        assertEquals(Optional.of("postgres"), owner("empty"));
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void selected_tables_are_restored_and_none_of_the_same_name_elsewhere(Format format) {
        var target = target();
        programs.dump(shop(format), target);
        var database = "selected_" + format;
        programs.restore(target, into(database, List.of(ORDERS, SALES_ORDERS), false));
        assertEquals(List.of(ORDERS, SALES_ORDERS), postgres.server.tables(database));
        assertEquals(1000, postgres.server.countRows(database, ORDERS));
        assertEquals(20, postgres.server.countRows(database, SALES_ORDERS));
    }

    @Test
    void a_selected_table_that_the_dump_lacks_is_no_success() {
        var target = target();
        programs.dump(shop(Format.CUSTOM), target);
        var problem = Soon.problemOf(() ->
                programs.restore(target, into("lacking", List.of(new TableName("public", "no_such")), false)));
        assertEquals(ProblemType.PROGRAM_FAILED, problem.type());
        assertTrue(problem.detail().contains("no_such"), problem.detail());
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void a_database_of_any_name_is_dumped_and_restored(String name) {
        postgres.server.createDatabase(name, null);
        postgres.server.script(name, "create table t as select 1 as x");
        var target = target();
        programs.dump(new DumpRequest(postgres.endpoint, name, Format.DIRECTORY, false, 2), target);
        postgres.server.dropDatabase(name);
        programs.restore(target, into(name, List.of(), true));
        assertEquals(1, postgres.server.countRows(name, new TableName("public", "t")));
        postgres.server.dropDatabase(name);
    }

    @Test
    void a_restore_stops_at_its_first_error() {
        var target = target();
        programs.dump(shop(Format.CUSTOM), target);
        var request = into("twice", List.of(), false);
        programs.restore(target, request);
        var problem = Soon.problemOf(() -> programs.restore(target, request));
        assertEquals(ProblemType.PROGRAM_FAILED, problem.type());
        assertTrue(problem.detail().contains("already exists"), problem.detail());
    }

    @Test
    void an_owner_that_the_target_lacks_fails_the_restore_and_is_no_refused_login() {
        var target = target();
        postgres.server.script("postgres", "create role passing");
        postgres.server.createDatabase("passing", "passing");
        postgres.server.script("passing", "create table t (x int); alter table t owner to passing");
        programs.dump(new DumpRequest(postgres.endpoint, "passing", Format.CUSTOM, false, 1), target);
        postgres.server.dropDatabase("passing");
        postgres.server.script("postgres", "drop role passing");
        var request = into("passing", List.of(), true);
        var problem = Soon.problemOf(() -> programs.restore(target, request));
        assertEquals(ProblemType.PROGRAM_FAILED, problem.type());
        assertTrue(problem.detail().contains("role \"passing\" does not exist"), problem.detail());
    }

    @Test
    void a_cut_off_dump_does_not_restore() throws IOException {
        var target = target();
        programs.dump(shop(Format.CUSTOM), target);
        var bytes = Files.readAllBytes(target);
        Files.write(target, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        var request = into("cut", List.of(), false);
        assertEquals(
                ProblemType.PROGRAM_FAILED,
                Soon.problemOf(() -> programs.restore(target, request)).type());
    }

    @Test
    void an_unknown_database_fails_the_program_and_a_dead_or_refusing_server_does_not_count_as_such() {
        var unknown = new DumpRequest(postgres.endpoint, "nowhere", Format.CUSTOM, false, 1);
        var problem = Soon.problemOf(() -> programs.dump(unknown, target()));
        assertEquals(ProblemType.PROGRAM_FAILED, problem.type());
        assertTrue(problem.detail().contains("database \"nowhere\" does not exist"), problem.detail());
        assertEquals(1, problem.facts().get("exitCode"));

        var dead = new Endpoint("127.0.0.1", programs.freePort(), "postgres", null, null);
        assertEquals(ProblemType.UNREACHABLE, dumpProblem(dead));
        assertEquals(ProblemType.NOT_POSSIBLE, dumpProblem(postgres.as("postgres", Secret.of("wr0ng"))));
        assertEquals(ProblemType.NOT_POSSIBLE, dumpProblem(postgres.as("postgres", null)));
    }

    private static ProblemType dumpProblem(Endpoint endpoint) {
        var problem = Soon.problemOf(
                () -> programs.dump(new DumpRequest(endpoint, "shop", Format.CUSTOM, false, 1), target()));
        assertFalse(problem.detail().contains("wr0ng"));
        return problem.type();
    }

    @Test
    void a_full_disk_is_told_as_such() {
        assertEquals(
                ProblemType.DISK_FULL,
                Soon.problemOf(() -> programs.dump(shop(Format.CUSTOM), Path.of("/dev/full")))
                        .type());
    }

    @Test
    void the_end_of_a_run_ends_its_dump_with_all_workers() {
        try (var session = postgres.session("shop")) {
            RealPostgres.run(session, "begin; lock table orders");
            var work = new Work(UUID.randomUUID(), 1);
            var running = Soon.start(() -> work.run(() -> programs.dump(shop(Format.DIRECTORY), target())));
            Soon.until("it waits", () -> sessions(work) > 0);
            work.end();
            assertEquals(ProblemType.CANCELLED, Soon.outcome(running).type());
            Soon.until("its sessions are gone", () -> sessions(work) == 0);
            RealPostgres.run(session, "rollback");
        }
    }

    private static int sessions(Work work) {
        return Integer.parseInt(postgres.ask(
                "postgres", "select count(*) from pg_stat_activity where application_name = '" + work.tag() + "'"));
    }

    @Test
    void globals_load_into_another_server_and_leave_its_own_roles_alone() throws IOException {
        var target = target();
        postgres.server.script("postgres", """
                create role "o'brien; ""x""\" login password 'secret-of-obrien';
                create role keeper login password 'of the source' createdb;
                alter role "o'brien; ""x""\" set search_path to 'it''s';
                comment on role "o'brien; ""x""\" is 'two
                lines; -- not a comment';
                grant keeper to "o'brien; ""x""\" """);
        programs.dumpGlobals(postgres.endpoint, target);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));

        try (var other = RealPostgres.start()) {
            other.server.createReplicationRole("keeper", Secret.of("of the target"));
            other.server.script("postgres", "alter role postgres password 'its own'");
            var login = other.as("postgres", Secret.of("its own"));
            programs.restoreGlobals(target, login);
            programs.restoreGlobals(target, login);

            var servers = new JdbcServers();
            servers.at(login).facts();
            servers.at(other.as("keeper", Secret.of("of the target"))).facts();
            servers.at(other.as("o'brien; \"x\"", Secret.of("secret-of-obrien")))
                    .facts();
            assertEquals(
                    Optional.of("f"),
                    servers.at(login).value("postgres", "select rolcreatedb from pg_roles where rolname = 'keeper'"));
            assertEquals(
                    Optional.of("1"),
                    servers.at(login)
                            .value(
                                    "postgres",
                                    "select count(*) from pg_auth_members where roleid = 'keeper'::regrole"));

            Files.writeString(target, Files.readString(target) + "GRANT nobody_knows TO keeper;\n");
            var problem = Soon.problemOf(() -> programs.restoreGlobals(target, login));
            assertEquals(ProblemType.PROGRAM_FAILED, problem.type());
            assertEquals(List.of("42704"), problem.facts().get("sqlstates"));
        }
    }
}
