package io.pgbosun.boot;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The state folder ({@code PGBOSUN_HOME}, by default {@code ~/.pgbosun}, mode 0700) and what lies where in it. */
@Singleton
public final class Home {
    private final Path path;

    Home(@ConfigProperty(name = "pgbosun.home") Optional<String> home) {
        path = Path.of(home.orElse(System.getProperty("user.home") + "/.pgbosun"))
                .toAbsolutePath();
        make(path);
        make(backups());
    }

    private static void make(Path directory) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be made: is PGBOSUN_HOME writable?", e);
        }
    }

    /** The data directory of the embedded control database. */
    public Path store() {
        return path.resolve("store");
    }

    /** The password of the embedded control database, mode 0600. */
    public Path storePassword() {
        return path.resolve("store.password");
    }

    /** The port of the embedded control database, to be found again there. */
    public Path storePort() {
        return path.resolve("store.port");
    }

    /** The key file that secrets are sealed with. */
    public Path keys() {
        return path.resolve("keys");
    }

    /** The ring of keys that backups are encrypted with. */
    public Path backupKeys() {
        return path.resolve("backup-keys");
    }

    /** The token of the first admin. */
    public Path token() {
        return path.resolve("token");
    }

    /** Where provisioned clusters have their data directories. */
    public Path clusters() {
        return path.resolve("clusters");
    }

    /** Where the repository {@code default} stores backups. */
    public Path backups() {
        return path.resolve("backups");
    }

    /** Where drills restore to. */
    public Path scratch() {
        return path.resolve("scratch");
    }

    /** Where the configuration files and locks of pgBackRest are. */
    public Path pgBackRest() {
        return path.resolve("pgbackrest");
    }

    /** Where files are on their way to and from object storage. */
    public Path spool() {
        return path.resolve("spool");
    }

    /** Writes a file that only we may read, whole or not at all. */
    public static void writePrivately(Path file, String text) {
        try {
            var aside = Files.createTempFile(
                    file.getParent(),
                    ".new",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(aside, text);
            Files.move(aside, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
