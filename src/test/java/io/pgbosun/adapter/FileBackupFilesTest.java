package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.BackupFiles.Damage;
import io.pgbosun.host.BackupFiles.StoredFile;
import io.pgbosun.host.Work;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.BackupKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBackupFilesTest {
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    Path home;

    private FileBackupFiles files;
    private final UUID id = UUID.randomUUID();
    private Path repository;

    @BeforeEach
    void make() throws IOException {
        repository = Files.createDirectory(home.resolve("repository"));
        files = new FileBackupFiles(repository);
    }

    private List<StoredFile> publish() throws IOException {
        var stage = files.stage(id);
        Files.writeString(stage.resolve("dump"), "abc");
        Files.writeString(Files.createDirectory(stage.resolve("below")).resolve("big"), "x".repeat(3_000_000));
        var measured = kept();
        files.publish(id, "{}");
        return measured;
    }

    private List<StoredFile> kept() {
        return Stream.of("below", "dump")
                .flatMap(path -> files.keep(id, path).stream())
                .toList();
    }

    private Path published(UUID backup) {
        return files.fetch(backup, List.of());
    }

    @Test
    void a_published_backup_is_whole_and_has_its_manifest() throws IOException {
        var measured = publish();
        assertEquals(
                List.of("below/big", "dump"),
                measured.stream().map(StoredFile::path).toList());
        assertEquals(new StoredFile("dump", 3, ABC), measured.get(1));
        assertEquals(Optional.of("{}"), files.manifest(id));
        assertEquals(List.of(), files.verify(id, measured));
        assertFalse(files.staged(id));
    }

    @Test
    void a_backup_is_absent_until_it_is_published_and_publishing_again_changes_nothing() throws IOException {
        files.stage(id);
        assertTrue(files.staged(id));
        assertEquals(Optional.empty(), files.manifest(id));
        assertFalse(Files.exists(published(id)));
        publishAgain();
        publishAgain();
    }

    private void publishAgain() {
        files.publish(id, "{\"n\":1}");
        assertEquals(Optional.of("{\"n\":1}"), files.manifest(id));
    }

    @Test
    void a_stage_for_a_published_backup_is_not_published_over_it() throws IOException {
        publish();
        files.stage(id);
        assertEquals(
                ProblemType.NOT_POSSIBLE,
                Soon.problemOf(() -> files.publish(id, "{\"other\":1}")).type());
        assertEquals(Optional.of("{}"), files.manifest(id));
    }

    @Test
    void nothing_staged_cannot_be_published() {
        assertEquals(
                ProblemType.PROGRAM_FAILED,
                Soon.problemOf(() -> files.publish(id, "{}")).type());
    }

    @Test
    void every_kind_of_damage_is_named() throws IOException {
        var measured = new ArrayList<>(publish());
        measured.add(new StoredFile("gone", 1, ABC));
        measured.add(new StoredFile("../../etc/passwd", 1, ABC));
        var directory = published(id);
        Files.writeString(directory.resolve("dump"), "abd");
        Files.writeString(directory.resolve("below/big"), "x");
        assertEquals(
                List.of(
                        new Damage("below/big", "size 1 instead of 3000000"),
                        new Damage("dump", "checksum differs"),
                        new Damage("gone", "missing"),
                        new Damage("../../etc/passwd", "not below the backup's directory")),
                files.verify(id, measured));
    }

    @Test
    void a_file_that_became_a_link_or_cannot_be_read_is_damage() throws IOException {
        var measured = publish();
        var dump = published(id).resolve("dump");
        Files.setPosixFilePermissions(dump, PosixFilePermissions.fromString("---------"));
        assertTrue(files.verify(id, measured).getFirst().found().contains("permission denied"));
        Files.delete(dump);
        Files.createSymbolicLink(dump, Files.writeString(home.resolve("abc"), "abc"));
        assertTrue(files.verify(id, measured).getFirst().found().contains("not a regular file"));
    }

    @Test
    void published_and_left_over_backups_are_listed_and_nothing_else() throws IOException {
        publish();
        var partial = UUID.randomUUID();
        files.stage(partial);
        Files.createDirectory(repository.resolve("lost+found"));
        Files.createDirectory(repository.resolve(".partial-mine"));
        assertEquals(List.of(id, partial).stream().sorted().toList(), files.list());
    }

    @Test
    void a_removed_or_discarded_backup_is_gone() throws IOException {
        publish();
        files.stage(id); // a leftover of the same backup goes too
        files.remove(id);
        assertEquals(List.of(), files.list());
        files.remove(id);
        Files.writeString(files.stage(id).resolve("x"), "x");
        files.discard(id);
        assertEquals(List.of(), files.list());
        files.discard(id);
    }

    @Test
    void what_a_run_that_died_has_encrypted_at_a_path_is_not_published() throws IOException {
        var sealed = new EncryptedBackupFiles(
                files, new BackupKeys(home.resolve("keys")), Files.createDirectory(home.resolve("spool")), true);
        Files.writeString(Files.createDirectory(files.stage(id).resolve("dump")).resolve("1.dat"), "old");
        Files.writeString(
                Files.createDirectory(sealed.stage(id).resolve("dump")).resolve("2.dat"), "new");
        assertEquals("dump/2.dat", sealed.keep(id, "dump").getFirst().path());
        sealed.publish(id, "{}");
        try (var published = Files.list(published(id).resolve("dump"))) {
            assertEquals(
                    List.of("2.dat"),
                    published.map(file -> file.getFileName().toString()).toList());
        }
    }

    @Test
    void the_stage_is_for_our_eyes_only() throws IOException {
        var stage = files.stage(id);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(stage)));
    }

    @Test
    void a_probe_leaves_nothing_and_says_what_failed() throws IOException {
        files.probe();
        try (var left = Files.list(repository)) {
            assertEquals(0, left.count());
        }
        assertTrue(files.freeBytes().getAsLong() > 0);

        Files.setPosixFilePermissions(repository, PosixFilePermissions.fromString("r-x------"));
        var problem = Soon.problemOf(() -> files.probe());
        assertEquals(ProblemType.PROGRAM_FAILED, problem.type());
        assertTrue(
                problem.detail().contains(repository + " cannot be written to: permission denied"), problem.detail());

        Files.setPosixFilePermissions(repository, PosixFilePermissions.fromString("-wx------"));
        var unlisted = Soon.problemOf(() -> files.probe());
        assertTrue(unlisted.detail().contains("cannot be"), unlisted.detail());
        Files.setPosixFilePermissions(repository, PosixFilePermissions.fromString("rwx------"));

        var absent = Soon.problemOf(() -> new FileBackupFiles(home.resolve("absent")).probe());
        assertEquals(ProblemType.NOT_POSSIBLE, absent.type());
        assertTrue(absent.detail().contains("There is no directory"));
    }

    @Test
    void a_full_disk_is_told_as_such() {
        var problem = Soon.problemOf(() ->
                IoProblem.doing(repository, "cannot be written", () -> Files.writeString(Path.of("/dev/full"), "x")));
        assertEquals(ProblemType.DISK_FULL, problem.type());
    }

    @Test
    void keeping_ends_with_its_run() throws IOException {
        Files.writeString(files.stage(id).resolve("dump"), "abc");
        var work = new Work(UUID.randomUUID(), 1);
        work.end();
        var problem = Soon.problemOf(() -> work.run(() -> files.keep(id, "dump")));
        assertEquals(ProblemType.CANCELLED, problem.type());
    }
}
