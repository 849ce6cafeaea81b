package io.pgbosun.adapter;

import io.pgbosun.host.Location;
import io.pgbosun.host.PgBackRest;
import io.pgbosun.host.PgBackRestFolder;
import io.pgbosun.host.PgBackRests;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Spool;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** pgBackRest as it is installed on this host. */
@Singleton
public final class LocalPgBackRests implements PgBackRests {
    private final PgPrograms programs;
    private final PgBackRestFolder folder;
    private final Spool spool;

    LocalPgBackRests(PgPrograms programs, PgBackRestFolder folder, Spool spool) {
        this.programs = programs;
        this.folder = folder;
        this.spool = spool;
    }

    /** {@code PGBOSUN_PGBACKREST}, else where packages put it. */
    static Optional<Path> program() {
        var environment = System.getenv();
        return Stream.of(environment.get("PGBOSUN_PGBACKREST"), "/usr/bin/pgbackrest", "/usr/local/bin/pgbackrest")
                .filter(Objects::nonNull)
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Override
    public Optional<String> version() {
        return program()
                .map(program -> BackRestCommand.process(program, List.of("version"))
                        .run()
                        .orThrow()
                        .output()
                        .strip()
                        .replace("pgBackRest ", ""));
    }

    @Override
    public PgBackRest at(String repository, Location location, String stanza) {
        if (!(location instanceof Location.Directory directory)) {
            throw Problem.notPossible("pgBackRest cannot store into " + location.display()
                    + " yet; use a repository of type FILESYSTEM.");
        }
        var path = directory.path().resolve(BackRestCommand.FOLDER);
        return new LocalPgBackRest(
                new BackRestCommand(folder.path(), repository, path, stanza), path, stanza, programs, spool);
    }

    @Override
    public List<String> stanzas(Location location) {
        if (!(location instanceof Location.Directory directory)) {
            return List.of();
        }
        var backups = directory.path().resolve(BackRestCommand.FOLDER).resolve("backup");
        if (!Files.isDirectory(backups)) {
            return List.of();
        }
        return IoProblem.asking(backups, "cannot be listed", () -> {
            try (var stanzas = Files.list(backups)) {
                return stanzas.map(stanza -> stanza.getFileName().toString())
                        .sorted()
                        .toList();
            }
        });
    }
}
