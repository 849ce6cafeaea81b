package io.pgbosun.process;

import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What pgBackRest should not have left, asked of the program itself: beside its stanzas, and in them. */
final class StanzaLeftovers {
    /** Below the directory of a repository, and below the state folder. */
    static final String FOLDER = "pgbackrest/";

    private static final Path PROGRAM = Path.of("/usr/bin/pgbackrest");
    private static final String LABELS =
            "select manifest->'set'->>'label' from backup where repository = ? and manifest->'set'->>'stanza' = ?";

    private final Service service;
    private final ControlDatabase store;

    StanzaLeftovers(Service service) {
        this.service = service;
        store = service.store();
    }

    List<String> found() {
        var found = new ArrayList<String>();
        var own = service.home().resolve(FOLDER);
        entries(own.resolve("spool")).forEach(file -> found.add(file.toString()));
        ProcessHandle.allProcesses()
                .map(Leftovers::commandLine)
                .filter(command -> command.contains("=" + own))
                .forEach(command -> found.add("process " + command.replace('\0', ' ')));
        for (var repository : store.values("select name from repository where type = 'FILESYSTEM' order by name")) {
            var path = Path.of(store.value("select path from repository where name = ?", repository));
            entries(path.resolve(FOLDER).resolve("backup"))
                    .forEach(stanza -> found.addAll(stanza(repository, stanza, found.isEmpty())));
        }
        return found;
    }

    /**
     * What is in a stanza and not in the catalogue, or the other way round.
     *
     * @param whole whether all its files are read as well
     */
    private List<String> stanza(String repository, Path directory, boolean whole) {
        var found = new ArrayList<String>();
        var stanza = directory.getFileName().toString();
        var known = new TreeSet<>(store.values(LABELS, repository, stanza));
        var stored = entries(directory)
                .filter(entry -> Files.isDirectory(entry) && !Files.isSymbolicLink(entry))
                .map(entry -> entry.getFileName().toString())
                .filter(name -> !name.equals("backup.history"))
                .toList();
        differ("stored in stanza " + stanza, stored, known, found);
        var info = JsonPath.from(run(repository, stanza, "info", List.of("--output=json")));
        differ("told of by info of stanza " + stanza, info.getList("[0].backup.label"), known, found);
        // the file alone locks nothing: when the reader of its log dies, pgBackRest ends without removing it, and takes
        // it over later
        if (info.getBoolean("[0].status.lock.backup.held")) {
            found.add("lock of stanza " + stanza);
        }
        if (whole && found.isEmpty()) {
            var verdict = run(repository, stanza, "verify", List.of("--output=text", "--verbose"));
            if (!verdict.contains("status: ok")) {
                found.add("verify of stanza " + stanza + ": " + verdict);
            }
        }
        return found;
    }

    private static void differ(String what, List<String> there, Collection<String> known, Collection<String> found) {
        if (!known.equals(new TreeSet<>(there))) {
            found.add(what + " is " + there + ", in the catalogue " + known);
        }
    }

    /** As a person would run it, beside the service. */
    private String run(String repository, String stanza, String command, List<String> options) {
        var configuration = service.home().resolve(FOLDER).resolve(repository).resolve(stanza + ".conf");
        var all = new ArrayList<>(List.of(PROGRAM.toString(), "--config=" + configuration, "--stanza=" + stanza));
        all.addAll(options);
        all.add(command);
        try {
            var process = new ProcessBuilder(all).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes());
            int code = process.waitFor();
            if (code != 0) {
                throw new AssertionError("pgbackrest " + command + " ends with " + code + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Stream<Path> entries(Path directory) {
        return Leftovers.entries(directory);
    }
}
