package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.fire.Scoreboard;
import io.pgbosun.host.DumpRequest;
import io.pgbosun.host.LockGuard;
import io.pgbosun.host.MaintenanceCommand.Analyze;
import io.pgbosun.host.MaintenanceCommand.Reindex;
import io.pgbosun.host.MaintenanceCommand.Reindex.Scope;
import io.pgbosun.host.MaintenanceCommand.Vacuum;
import io.pgbosun.host.RestoreRequest;
import io.pgbosun.host.TableName;
import io.pgbosun.secret.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method of a port that takes a name, with names that break what is not quoted: only the one named is touched. */
class HostileIdentifiersTest {
    private static final LockGuard GUARD = new LockGuard(Duration.ofSeconds(20), Duration.ofSeconds(20));
    private static final List<String> NO_SLOTS =
            List.of("Upper", "with space", "it's", "a\"b", "$$", "é", "-j", "n".repeat(64), "");
    /** What a careless program would take for one of the hostile names, or run. */
    private static final List<String> WITNESSES =
            List.of("witness", "upper\"quote", "n".repeat(62), "x", "evil", "with", "%%", "...");

    private static final Scoreboard BOARD = Scoreboard.of("S4", "names at every port method, on a real PostgreSQL");

    private static RealPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = RealPostgres.start();
        for (var witness : WITNESSES) {
            postgres.server.createDatabase(witness, null);
            postgres.server.createReplicationRole(witness + "r", Secret.of("x"));
        }
        postgres.server.script(
                "witness", "create table x (id int); insert into x values (1); create index x_i on x (id)");
    }

    @AfterAll
    static void stop() {
        postgres.close();
        BOARD.show();
    }

    static Stream<String> names() {
        return Stream.concat(
                HostileNames.ALL.stream(),
                Stream.of(
                        "%",
                        "%s%n",
                        "..",
                        "../../etc/passwd",
                        "line\nline",
                        "$$; drop table x; $$",
                        "--help",
                        "\\! id",
                        "*",
                        "x.y"));
    }

    /** All databases, roles and slots, and what the witness holds. */
    private static String world() {
        return postgres.ask("postgres", """
                        select (select string_agg(datname || '/' || datdba::regrole, '|' order by datname) from pg_database) || ' '
                          || (select string_agg(rolname, '|' order by rolname) from pg_roles) || ' '
                          || (select count(*) from pg_replication_slots)
                        """)
                + postgres.ask("witness", "select (select count(*) from x) || ' ' || (select count(*) from pg_class)");
    }

    private static void untouched(Runnable body) {
        BOARD.run(() -> {
            var before = world();
            body.run();
            assertEquals(before, world());
        });
    }

    @ParameterizedTest
    @MethodSource("names")
    void a_database_role_schema_table_column_and_index_of_a_hostile_name_are_what_is_touched(String name) {
        var server = postgres.server;
        untouched(() -> {
            server.createReplicationRole(name, Secret.of("p"));
            assertTrue(server.roleExists(name));
            server.createDatabase(name, name);
            var table = new TableName(name, name);
            var quoted = Identifiers.quote(name);
            server.script(name, """
                    create schema %1$s; create table %1$s.%1$s (%1$s timestamptz);
                    insert into %1$s.%1$s values ('2026-01-01 00:00Z');
                    create index named on %1$s.%1$s (%1$s)""".formatted(quoted));
            assertEquals(List.of(table), server.tables(name));
            assertEquals(1, server.countRows(name, table));
            assertEquals(
                    "2026-01-01T00:00:00Z",
                    server.newest(name, table, name).orElseThrow().toString());
            assertEquals(Optional.of(name), server.value(name, "select current_database()"));
            maintained(name, table);
            assertFalse(server.streamsTo(name));
            server.renameDatabase(name, "renamed");
            server.renameDatabase("renamed", name);
            server.dropDatabase(name);
            server.script("postgres", "drop role " + quoted);
            assertFalse(server.roleExists(name));
        });
    }

    private static void maintained(String database, TableName table) {
        var server = postgres.server;
        for (var command : List.of(
                new Vacuum(table, true, true, true),
                new Analyze(table),
                new Reindex(Scope.TABLE, table, true),
                new Reindex(Scope.SCHEMA, new TableName(table.schema(), ""), false),
                new Reindex(Scope.INDEX, new TableName(table.schema(), "named"), false))) {
            assertEquals(List.of(), server.maintain(database, command, GUARD, progress -> {}));
        }
        server.script(database, "create extension if not exists amcheck");
        assertEquals(List.of(), server.amcheck(database));
        assertEquals(List.of(), server.invalidIndexes(database));
        server.dropIndex(database, new TableName(table.schema(), "nosuch"));
        server.dropIndex(database, new TableName(table.schema(), "named"));
        assertEquals(Optional.of("0"), server.value(database, "select count(*) from pg_class where relname = 'named'"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void a_dump_and_a_restore_of_a_hostile_name_reach_only_that(String name) {
        var programs = postgres.programs;
        untouched(() -> {
            postgres.server.createDatabase(name, null);
            var quoted = Identifiers.quote(name);
            postgres.server.script(
                    name,
                    "create schema %1$s; create table %1$s.%1$s (id int); insert into %1$s.%1$s values (7)"
                            .formatted(quoted));
            var target = postgres.home.resolve("-dump '$(id)' " + Integer.toHexString(name.hashCode()));
            programs.dump(new DumpRequest(postgres.endpoint, name, DumpRequest.Format.CUSTOM, false, 1), target);
            postgres.server.dropDatabase(name);
            postgres.server.createDatabase(name, null);
            programs.restore(target, new RestoreRequest(postgres.endpoint, name, List.of(), 1, false));
            assertEquals(1, postgres.server.countRows(name, new TableName(name, name)));
            postgres.server.dropDatabase(name);
        });
    }

    @Test
    void a_name_that_PostgreSQL_would_cut_is_refused_and_what_it_would_be_cut_to_is_left_alone() {
        var server = postgres.server;
        var cut = "n".repeat(63);
        server.createDatabase(cut, null);
        for (var name : List.of("n".repeat(64), cut + "; drop", "n".repeat(62) + "é", "a\0b", "")) {
            untouched(() -> {
                assertFalse(!name.contains("\0") && server.databaseExists(name));
                Soon.problemOf(() -> server.createDatabase(name, null));
                Soon.problemOf(() -> server.dropDatabase(name));
                Soon.problemOf(() -> server.renameDatabase(name, "other"));
                Soon.problemOf(() -> server.renameDatabase("witness", name));
                Soon.problemOf(() -> server.createReplicationRole(name, Secret.of("x")));
                Soon.problemOf(() -> server.countRows("witness", new TableName("public", name)));
                Soon.problemOf(() -> server.maintain(
                        "witness",
                        new Vacuum(new TableName("public", name), false, false, false),
                        GUARD,
                        progress -> {}));
            });
        }
        server.dropDatabase(cut);
    }

    @Test
    void a_slot_takes_only_what_PostgreSQL_lets_a_slot_be_called() {
        for (var name : NO_SLOTS) {
            untouched(() -> {
                Soon.problemOf(() -> postgres.server.createSlot(name));
                assertEquals("0", postgres.ask("postgres", "select count(*) from pg_replication_slots"));
            });
        }
        for (var name : List.of("Upper", "it's", "a\"b", "%")) {
            untouched(() -> postgres.server.dropSlot(name));
        }
    }

    @Test
    void names_that_look_alike_are_different_names() {
        var server = postgres.server;
        var alike = List.of("orders", "оrders", "Orders", "orders ", "orders\u200B", "ｏrders");
        alike.forEach(name -> server.createDatabase(name, null));
        untouched(() -> {
            server.dropDatabase("оrders");
            assertTrue(server.databaseExists("orders"));
            assertFalse(server.databaseExists("оrders"));
            server.createDatabase("оrders", null);
        });
        alike.forEach(server::dropDatabase);
        assertNotEquals("orders", "оrders");
    }

    @Test
    void a_file_that_a_manifest_says_lies_elsewhere_is_not_looked_at() {
        var repository = postgres.home.resolve("re po'$(id)");
        var files = new FileBackupFiles(repository);
        var backup = java.util.UUID.randomUUID();
        BOARD.run(() -> {
            java.nio.file.Files.createDirectories(repository);
            files.probe();
            java.nio.file.Files.writeString(files.stage(backup).resolve("-rf *"), "x");
            assertEquals(
                    List.of("-rf *"),
                    files.keep(backup, "-rf *").stream()
                            .map(io.pgbosun.host.BackupFiles.StoredFile::path)
                            .toList());
            files.publish(backup, "{}");
            for (var path : List.of("../../secret", "/etc/passwd", "a/../../../b", "..")) {
                var damage = files.verify(backup, List.of(new io.pgbosun.host.BackupFiles.StoredFile(path, 1, "0")));
                assertEquals(
                        "not below the backup's directory", damage.getFirst().found(), path);
            }
            files.remove(backup);
            assertTrue(java.nio.file.Files.isDirectory(repository));
        });
    }
}
