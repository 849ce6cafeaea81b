package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.DatabaseFacts;
import io.pgbosun.host.TableName;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcServerTest {
    static final List<String> NAMES = HostileNames.ALL;

    private static RealPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = RealPostgres.start();
        postgres.server.createDatabase("shop", null);
        postgres.server.script("shop", """
                create table orders (id bigint primary key, placed timestamptz, day date, wall timestamp);
                insert into orders
                select i, '2026-01-01 00:00Z'::timestamptz + i * interval '1 hour', '2026-02-03', '2026-03-04 05:06:07'
                from generate_series(1, 1000) i;
                create schema "S p"; create table "S p"."T""q" ("c ol" timestamptz); create table empty (at timestamptz)
                """);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void a_primary_tells_what_it_is_and_where_it_stands() {
        var before = postgres.server.facts();
        postgres.server.script("shop", "create table moved (x int)");
        var after = postgres.server.facts();

        assertFalse(before.inRecovery());
        assertEquals(postgres.programs.majorVersion(), before.majorVersion());
        assertEquals(1, before.timeline());
        assertNull(before.replayLagSeconds());
        assertEquals(before.writeLsn(), before.replayLsn());
        assertTrue(after.writeLsn().bytesSince(before.writeLsn()) > 0);
        assertEquals(before.systemIdentifier(), after.systemIdentifier());
        assertTrue(before.startedAt().isBefore(Instant.now().plusSeconds(1)));
    }

    @Test
    void a_checkpoint_moves_the_redo_position() {
        var first = postgres.server.checkpoint();
        postgres.server.script("shop", "create table checkpointed (x int)");
        assertTrue(postgres.server.checkpoint().compareTo(first) > 0);
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void a_database_of_any_name_is_made_listed_renamed_and_dropped(String name) {
        var server = postgres.server;
        server.createDatabase(name, null);
        assertTrue(server.databaseExists(name));
        assertTrue(server.databases().stream().map(DatabaseFacts::name).toList().contains(name));
        assertEquals(Optional.of(name), server.value(name, "select current_database()"));

        server.renameDatabase(name, "renamed");
        assertFalse(server.databaseExists(name));
        server.renameDatabase("renamed", name);
        server.dropDatabase(name);
        assertFalse(server.databaseExists(name));
        server.dropDatabase(name);
    }

    @Test
    void sessions_do_not_keep_a_database_from_being_renamed_or_dropped() {
        postgres.server.createDatabase("used", null);
        try (var session = postgres.session("used")) {
            postgres.server.renameDatabase("used", "used_before");
            assertThrows(Problem.class, () -> RealPostgres.run(session, "select 1"));
        }
        try (var session = postgres.session("used_before")) {
            postgres.server.dropDatabase("used_before");
            assertThrows(Problem.class, () -> RealPostgres.run(session, "select 1"));
        }
    }

    @Test
    void databases_tell_owner_encoding_and_size() {
        var shop = postgres.server.databases().stream()
                .filter(database -> database.name().equals("shop"))
                .findFirst()
                .orElseThrow();
        assertEquals("postgres", shop.owner());
        assertEquals("UTF8", shop.encoding());
        assertTrue(shop.sizeBytes() > 1_000_000);
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void a_replication_role_of_any_name_logs_in_and_its_password_is_never_sent(String role) {
        var password = Secret.of("clear'text-" + UUID.randomUUID());
        // a server that is sent a password would keep it as md5; a verifier it keeps as it is
        postgres.server.script("postgres", "alter database postgres set password_encryption = 'md5'");
        postgres.server.createReplicationRole(role, password);
        postgres.server.script("postgres", "alter database postgres reset password_encryption");
        assertTrue(postgres.server.roleExists(role));
        assertFalse(new JdbcServers().at(postgres.as(role, password)).facts().inRecovery());
        assertEquals(
                "t",
                postgres.ask(
                        "postgres", "select rolreplication from pg_roles where oid = (select max(oid) from pg_roles)"));
        assertEquals(
                "t",
                postgres.ask(
                        "postgres",
                        "select starts_with(rolpassword, 'SCRAM-SHA-256') from pg_authid where oid = (select max(oid) from pg_authid)"));
        assertFalse(postgres.log().contains(password.reveal()));
        assertFalse(postgres.log().contains("SCRAM-SHA-256$"), "nor is the verifier in the server's log");
    }

    @Test
    void a_database_may_have_an_owner() {
        postgres.server.createReplicationRole("own er", Secret.of("x"));
        postgres.server.createDatabase("owned", "own er");
        assertTrue(postgres.server.databases().stream()
                .anyMatch(database -> database.owner().equals("own er")));
    }

    @Test
    void slots_are_made_and_dropped() {
        postgres.server.createSlot("standby_1");
        assertTrue(postgres.server.slotExists("standby_1"));
        postgres.server.dropSlot("standby_1");
        assertFalse(postgres.server.slotExists("standby_1"));
        postgres.server.dropSlot("standby_1");
    }

    @Test
    void nothing_streams_from_a_server_without_standby() {
        assertFalse(postgres.server.streamsTo("standby_1"));
    }

    @Test
    void tables_are_listed_without_those_of_the_system() {
        var tables = postgres.server.tables("shop");
        assertTrue(tables.contains(new TableName("public", "orders")));
        assertTrue(tables.contains(new TableName("S p", "T\"q")));
        assertTrue(tables.stream().noneMatch(table -> table.schema().startsWith("pg_")));
    }

    @Test
    void rows_are_counted_and_the_newest_is_found() {
        var orders = new TableName("public", "orders");
        assertEquals(1000, postgres.server.countRows("shop", orders));
        assertEquals(0, postgres.server.countRows("shop", new TableName("S p", "T\"q")));
        assertEquals(
                Optional.of(Instant.parse("2026-02-11T16:00:00Z")), postgres.server.newest("shop", orders, "placed"));
        assertEquals(Optional.of(Instant.parse("2026-02-03T00:00:00Z")), postgres.server.newest("shop", orders, "day"));
        assertEquals(
                Optional.of(Instant.parse("2026-03-04T05:06:07Z")), postgres.server.newest("shop", orders, "wall"));
        assertEquals(Optional.empty(), postgres.server.newest("shop", new TableName("S p", "T\"q"), "c ol"));
    }

    @Test
    void a_value_is_the_first_column_of_the_first_row() {
        assertEquals(Optional.of("1000"), postgres.server.value("shop", "select count(*), 2 from orders;"));
        assertEquals(Optional.of("1"), postgres.server.value("shop", "with a as (select 1) select * from a -- so"));
        assertEquals(
                Optional.of("{\"a\": 1}"),
                postgres.server.value("shop", "select jsonb '{\"a\":1}' where jsonb '{\"a\":1}' ? 'a'"));
        assertEquals(Optional.empty(), postgres.server.value("shop", "select 1 where false"));
        assertEquals(Optional.empty(), postgres.server.value("shop", "select null"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delete from orders returning id",
                "with gone as (delete from orders returning id) select * from gone",
                "select 1; commit; delete from orders",
                "select 1; select 2",
                "commit",
                "copy orders to program 'true'",
                "do $$ begin commit; delete from orders; end $$",
                "select nextval('s')"
            })
    void a_value_changes_nothing(String sql) {
        postgres.server.script("shop", "create sequence if not exists s");
        assertThrows(Problem.class, () -> postgres.server.value("shop", sql));
        assertEquals(1000, postgres.server.countRows("shop", new TableName("public", "orders")));
    }

    @Test
    void what_a_value_changes_where_read_only_allows_it_is_undone() {
        postgres.server.value("shop", "select lo_create(4711)");
        assertEquals(Optional.of("0"), postgres.server.value("shop", "select count(*) from pg_largeobject_metadata"));
    }

    @Test
    void a_script_stops_at_its_first_error_and_says_which() {
        var problem = Soon.problemOf(() -> postgres.server.script(
                "shop", "create table scripted (x int); insert into scripted values ('{?} no number');"));
        assertEquals(ProblemType.PROGRAM_FAILED, problem.type());
        assertEquals("22P02", problem.facts().get("sqlstate"));
        assertTrue(problem.detail().contains("{?} no number"));
    }
}
