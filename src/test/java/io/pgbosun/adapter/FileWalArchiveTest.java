package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.ArchiveMethod;
import io.pgbosun.host.Location;
import io.pgbosun.host.PgBackRestFolder;
import io.pgbosun.host.Spool;
import io.pgbosun.host.WalArchive;
import io.pgbosun.host.WalArchive.WalFile;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The archive, its script, and what the server and pg_waldump say of both, on a real PostgreSQL. */
class FileWalArchiveTest {
    /** What a shell and archive_command could stumble over. */
    private static final String NAME = "it's 100%f \"$x";

    private static RealPostgres postgres;
    private static Path repository;
    private static WalArchive archive;
    private static Path script;

    private static LocatedWalArchives archives() {
        return new LocatedWalArchives(
                postgres.programs,
                new LocalPgBackRests(postgres.programs, new PgBackRestFolder(postgres.home), new Spool(postgres.home)));
    }

    @BeforeAll
    static void start() throws IOException {
        postgres = RealPostgres.start();
        postgres.server.alterSystem("archive_mode", "on");
        postgres.server.alterSystem("archive_command", "/bin/true");
        postgres.programs.stop(postgres.data);
        postgres.programs.start(postgres.data);
        repository = Files.createDirectory(postgres.home.resolve(NAME));
        archive = archives().at(ArchiveMethod.SCRIPT, "default", new Location.Directory(repository), "orders");
        archive.make();
        postgres.programs.writeArchiveScript(postgres.data);
        script = postgres.programs.archiveScript(postgres.data);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static void archiveInto(Path directory) {
        postgres.server.alterSystem(
                "archive_command",
                "'%s' \"%%p\" '%s'/\"%%f\""
                        .formatted(
                                script,
                                directory.toString().replace("'", "'\\''").replace("%", "%%")));
        postgres.server.reload();
    }

    /** Waits for the archiver as well as for the file: the script goes on for a moment once the file has its name. */
    private static String arrived() {
        var segment = postgres.server.switchWal();
        Soon.until(
                segment,
                () -> archive.has(segment)
                        && segment.equals(postgres.server.archiver().lastArchivedWal()));
        return segment;
    }

    /** Runs the script as the archiver does; its exit code and what it says. */
    private static String archive(Path source, Path target) throws IOException, InterruptedException {
        var process = new ProcessBuilder(script.toString(), source.toString(), target.toString())
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(10, TimeUnit.SECONDS));
        return process.exitValue() + " " + said.strip();
    }

    @Test
    void the_script_is_ours_alone_and_beside_the_data() throws IOException {
        assertTrue(postgres.programs.hasArchiveScript(postgres.data));
        assertEquals(postgres.home.resolve("data.archive-wal"), script);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(script)));
        Files.writeString(script, Files.readString(script) + "# changed");
        assertFalse(postgres.programs.hasArchiveScript(postgres.data));
        postgres.programs.writeArchiveScript(postgres.data);
        assertTrue(postgres.programs.hasArchiveScript(postgres.data));
    }

    @Test
    void a_server_archives_whatever_the_directory_is_called_and_tells_how_far() {
        archiveInto(archive.directory());
        postgres.server.script("postgres", "create table if not exists moved (x int); insert into moved values (1)");
        var before = postgres.server.archiver();
        var first = arrived();
        var second = arrived();
        assertTrue(first.compareTo(second) < 0, "each switch ends a segment, also where nothing was written");
        assertEquals(
                postgres.server.facts().systemIdentifier(),
                archive.origin().orElseThrow().systemIdentifier());
        assertEquals(16 << 20, archive.origin().orElseThrow().segmentBytes());
        assertTrue(archive.files().stream().map(WalFile::name).toList().containsAll(List.of(first, second)));

        var after = postgres.server.archiver();
        assertTrue(after.archivedCount() > before.archivedCount());
        assertFalse(after.failing());
        assertEquals(16 << 20, after.segmentBytes());
        assertEquals(1, after.timeline());
    }

    @Test
    void the_last_commit_of_archived_segments_is_told_with_its_time() {
        archiveInto(archive.directory());
        var first = arrived();
        postgres.server.script(
                "postgres",
                "create table many as select generate_series(1, 300000) x; drop table many; create table if not exists moved (x int)");
        var newest = postgres.server.archiver().newestTransaction();
        var last = arrived();
        var commit = archive.lastCommit(first, last).orElseThrow();
        assertEquals(newest, commit.transaction());
        assertTrue(Duration.between(commit.time(), Instant.now()).abs().compareTo(Duration.ofMinutes(1)) < 0);
        assertTrue(commit.lsn().compareTo(postgres.server.facts().writeLsn()) < 0);
        var idle = arrived();
        assertEquals(Optional.empty(), archive.lastCommit(idle, idle), "nothing was committed");
    }

    @Test
    void a_segment_that_is_full_is_read_although_its_last_record_goes_on_in_the_next_one() {
        archiveInto(archive.directory());
        var begun = arrived();
        postgres.server.script("postgres", "create table if not exists wide (x text)");
        for (var i = 0; i < 40; i++) {
            postgres.server.script(
                    "postgres", "insert into wide select repeat('x', 1000) from generate_series(1, 1000)");
        }
        arrived();
        var full = archive.files().stream()
                .map(WalFile::name)
                .filter(name -> name.compareTo(begun) > 0)
                .findFirst()
                .orElseThrow();
        assertTrue(archive.lastCommit(full, full).isPresent());
    }

    @Test
    void a_directory_that_is_gone_is_seen_as_failing_until_it_is_there_again() throws IOException {
        archiveInto(archive.directory());
        arrived();
        var away = Files.move(archive.directory(), repository.resolve("away"));
        var lost = postgres.server.switchWal();
        Soon.until("a failure", () -> postgres.server.archiver().failing());
        assertEquals(lost, postgres.server.archiver().lastFailedWal());
        assertTrue(postgres.log().contains("there is no directory " + archive.directory()));
        assertFalse(archive.exists());
        assertEquals(List.of(), archive.files());
        Files.move(away, archive.directory());
        archiveInto(archive.directory()); // a reload ends the archiver's pause
        postgres.server.switchWal();
        Soon.until("it archives again", () -> !postgres.server.archiver().failing() && archive.has(lost));
    }

    @Test
    void the_same_file_is_accepted_again_and_another_one_is_refused_by_name() throws Exception {
        var place = Files.createDirectory(postgres.home.resolve("place"));
        var one = Files.writeString(postgres.home.resolve("one"), "one");
        var other = Files.writeString(postgres.home.resolve("other"), "two");
        var target = place.resolve("000000010000000000000001");
        assertEquals("0 ", archive(one, target));
        assertEquals("0 ", archive(one, target));
        var refused = archive(other, target);
        assertTrue(refused.startsWith("1 pgbosun: 000000010000000000000001 is not archived: " + target), refused);
        assertTrue(refused.contains("is another file"), refused);
        assertEquals("one", Files.readString(target));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
        try (var files = Files.list(place)) {
            assertEquals(List.of(target), files.toList(), "nothing is left over");
        }
    }

    @Test
    void what_a_try_that_died_has_left_is_removed_by_the_next_one() throws Exception {
        var place = Files.createDirectory(postgres.home.resolve("left"));
        var one = Files.writeString(postgres.home.resolve("whole"), "whole");
        Files.writeString(place.resolve(".000000010000000000000001.4711.tmp"), "wh");
        var target = place.resolve("000000010000000000000001");
        assertEquals("0 ", archive(one, target));
        try (var files = Files.list(place)) {
            assertEquals(List.of(target), files.toList());
        }
    }

    private static String storing(WalArchive place, String name, String content) {
        return place.store(name, new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> names(WalArchive place) throws IOException {
        try (var files = Files.list(place.directory())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void what_is_handed_over_is_stored_whole_and_once() throws IOException {
        var segment = "000000010000000000000001";
        var place = new FileWalArchive(repository, "handed", postgres.programs);
        place.make();
        var died = Files.writeString(
                place.directory().resolve(".00000001000000000000000F.4711.tmp"), "of a try that died");
        Files.setLastModifiedTime(died, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        var other = Files.writeString(place.directory().resolve("." + segment + ".4712.tmp"), "of one that goes on");
        var cut = new SequenceInputStream(
                new ByteArrayInputStream("on".getBytes(StandardCharsets.UTF_8)), new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("the connection was lost");
                    }
                });
        assertEquals(
                ProblemType.PROGRAM_FAILED,
                Soon.problemOf(() -> place.store(segment, cut)).type());
        assertEquals(List.of(other.getFileName().toString()), names(place));
        Files.delete(other);
        assertEquals(
                "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed", storing(place, segment, "one"));
        assertEquals(
                "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed", storing(place, segment, "one"));
        var refused = Soon.problemOf(() -> storing(place, segment, "two"));
        assertTrue(refused.detail().contains("is another file"), refused.detail());
        assertEquals("one", place.read(segment));
        assertEquals(List.of(segment), names(place));
        assertEquals(
                ProblemType.NOT_POSSIBLE,
                Soon.problemOf(() -> storing(place, "../" + segment, "one")).type());
    }

    @Test
    void an_archive_is_made_only_where_its_repository_is_and_removed_only_when_it_is_empty() throws IOException {
        var absent = new FileWalArchive(postgres.home.resolve("absent"), "orders", postgres.programs);
        assertEquals(ProblemType.NOT_POSSIBLE, Soon.problemOf(absent::make).type());
        var made = new FileWalArchive(repository, "other", postgres.programs);
        made.make();
        assertTrue(made.exists());
        assertEquals(Optional.empty(), made.origin());
        Files.writeString(made.directory().resolve("00000002.history"), "1\t0/5000000\tx\n");
        made.removeEmpty();
        assertEquals("1\t0/5000000\tx\n", made.read("00000002.history"));
        Files.delete(made.directory().resolve("00000002.history"));
        made.removeEmpty();
        assertFalse(made.exists());
        assertEquals(
                ProblemType.NOT_POSSIBLE,
                Soon.problemOf(() -> made.read("../orders/secret")).type());
    }

    @Test
    void only_what_may_go_is_removed_and_what_is_damaged_is_told() throws IOException {
        archiveInto(archive.directory());
        var first = arrived();
        var second = arrived();
        var third = arrived();
        var place = new FileWalArchive(repository, "removing", postgres.programs);
        place.make();
        for (var name : List.of(first, second, third)) {
            Files.copy(archive.directory().resolve(name), place.directory().resolve(name));
        }
        Files.writeString(place.directory().resolve("00000002.history"), "1\t0/5000000\tx\n");
        assertTrue(place.files().stream().allMatch(file -> file.walBytes() > 0));
        for (var needed : List.of(third, "00000002.history")) {
            assertEquals(
                    ProblemType.NOT_POSSIBLE,
                    Soon.problemOf(() -> place.remove(List.of(first, needed))).type());
        }
        assertTrue(place.has(first), "nothing went");
        place.remove(List.of(first));
        place.remove(List.of(first, second.replaceFirst("^00000001", "00000009")));
        assertEquals(
                List.of("00000002.history", second, third).stream().sorted().toList(),
                place.files().stream().map(WalFile::name).toList());
        assertEquals(List.of(), damaged(place));
        Files.setPosixFilePermissions(place.directory().resolve(second), PosixFilePermissions.fromString("-w-------"));
        assertEquals(List.of(second), damaged(place), "it cannot be read");
        Files.delete(place.directory().resolve(second));
        Files.copy(place.directory().resolve(third), place.directory().resolve(second));
        assertEquals(List.of(second), damaged(place), "it is of another place");
        Files.writeString(place.directory().resolve(third), "short");
        assertEquals(List.of(second, third), damaged(place));
        assertEquals(archive.origin(), place.origin(), "what is of another place says still whose it is");
    }

    private static List<String> damaged(WalArchive archive) {
        return archive.files().stream()
                .filter(file -> file.walBytes() == 0)
                .map(WalFile::name)
                .toList();
    }

    @Test
    void object_storage_is_refused_with_what_to_use_instead() {
        var bucket = new Location.S3("backups", "", "us-east-1", null, false, "key", Secret.of("x"));
        var problem = Soon.problemOf(() -> archives().at(ArchiveMethod.SCRIPT, "default", bucket, "orders"));
        assertEquals(ProblemType.NOT_POSSIBLE, problem.type());
        assertTrue(problem.detail().contains("FILESYSTEM"));
    }

    @Test
    void a_setting_tells_what_is_in_force_and_what_is_altered() {
        assertNull(postgres.server.setting("log_min_messages").altered());
        postgres.server.alterSystem("log_min_messages", "error");
        assertEquals("error", postgres.server.setting("log_min_messages").altered());
        postgres.server.reload();
        Soon.until(
                "it is in force",
                () -> postgres.server.setting("log_min_messages").value().equals("error"));
        postgres.server.alterSystem("log_min_messages", null);
        assertNull(postgres.server.setting("log_min_messages").altered());
        postgres.server.alterSystem("cluster_name", "it's \\ \"odd\"; select 1");
        assertEquals(
                "it's \\ \"odd\"; select 1",
                postgres.server.setting("cluster_name").altered());
        for (var name : List.of("work_mem; select 1", "a b", "", "x\"", "nosuch_setting")) {
            assertEquals(
                    ProblemType.NOT_POSSIBLE,
                    Soon.problemOf(() -> postgres.server.setting(name)).type(),
                    name);
        }
        assertEquals(
                ProblemType.NOT_POSSIBLE,
                Soon.problemOf(() -> postgres.server.alterSystem("work_mem = '1GB'; --", "1"))
                        .type());
    }
}
