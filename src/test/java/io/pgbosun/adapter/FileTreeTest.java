package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.problem.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileTreeTest {
    @TempDir
    Path home;

    @ParameterizedTest
    @ValueSource(strings = {"/", "/srv", "/var/lib", "relative/path/of/three", "/var/lib/x/../y", "/a/b/../../etc/x/y"})
    void dangerous_paths_are_refused_whether_or_not_they_exist(String path) {
        var problem = Soon.problemOf(() -> FileTree.checkRemovable(Path.of(path)));
        assertEquals(ProblemType.NOT_POSSIBLE, problem.type());
        assertTrue(problem.detail().contains(path));
    }

    @Test
    void a_link_is_refused_and_one_within_is_not_followed() throws IOException {
        var precious = Files.createDirectory(home.resolve("precious"));
        Files.writeString(precious.resolve("file"), "x");
        var link = Files.createSymbolicLink(home.resolve("link"), precious);
        assertEquals(
                ProblemType.NOT_POSSIBLE,
                Soon.problemOf(() -> FileTree.remove(link)).type());

        var directory = Files.createDirectories(home.resolve("doomed/below"));
        Files.createSymbolicLink(directory.resolve("tablespace"), precious);
        Files.createSymbolicLink(directory.resolve("dangling"), home.resolve("nowhere"));
        FileTree.remove(home.resolve("doomed"));
        assertFalse(Files.exists(home.resolve("doomed")));
        assertTrue(Files.exists(precious.resolve("file")));
    }

    @Test
    void a_path_that_links_lead_near_the_root_is_refused() throws IOException {
        var root = Files.createSymbolicLink(home.resolve("root"), Path.of("/"));
        assertEquals(
                ProblemType.NOT_POSSIBLE,
                Soon.problemOf(() -> FileTree.checkRemovable(root.resolve("tmp")))
                        .type());
    }

    @Test
    void what_is_absent_needs_no_removal() {
        FileTree.remove(home.resolve("absent"));
    }

    @Test
    void a_file_is_replaced_at_once_for_our_eyes_only() throws IOException {
        var file = home.resolve("settings");
        FileTree.write(file, "one");
        FileTree.write(file, "two");
        assertEquals("two", Files.readString(file));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        try (var files = Files.list(home)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void what_goes_while_it_is_looked_at_is_no_failure() throws IOException {
        var stays = Files.writeString(home.resolve("stays"), "x");
        var over = new AtomicBoolean();
        var others = Soon.start(() -> IoProblem.doing(home, "cannot be changed", () -> {
            for (var number = 0; !over.get(); number++) {
                var directory = Files.createDirectory(home.resolve("goes-" + number));
                Files.delete(Files.writeString(directory.resolve("file"), "x"));
                Files.delete(directory);
            }
        }));
        for (var look = 0; look < 3000; look++) {
            assertTrue(FileTree.files(home).contains(stays));
        }
        over.set(true);
        others.join();
    }
}
