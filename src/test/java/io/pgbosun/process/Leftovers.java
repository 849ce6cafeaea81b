package io.pgbosun.process;

import io.pgbosun.secret.Vault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Looks everywhere for what an operation that has ended should not have left. */
final class Leftovers {
    private static final Duration SETTLED = Duration.ofSeconds(10);
    private static final String INVALID = "select indexrelid::regclass::text from pg_index where not indisvalid";
    private static final String SESSIONS =
            "select application_name || ' ' || query from pg_stat_activity where starts_with(application_name, ?)";
    private static final String IDLE_SLOTS = "select slot_name::text from pg_replication_slots where not active";

    private final Service service;
    private final ControlDatabase store;
    private final Vault vault;
    private final Set<String> told = new TreeSet<>();

    Leftovers(Service service) {
        this.service = service;
        store = service.store();
        vault = Vault.open(service.home().resolve("keys"));
    }

    /** Fails when anything is left of the operation, once its dying processes and sessions have had a moment. */
    void refuse(String operation) {
        nothing("processes of it", () -> processes(operation));
        nothing("files", this::files);
        nothing("on the servers", () -> onServers(operation));
        nothing("written under a wrong epoch", () -> store.values("""
                select s.name from operation_step s join operation o on o.id = s.operation
                where o.id = ?::uuid and (s.epoch > o.lease_epoch or s.epoch < 1)""", operation));
        nothing(
                "of locks",
                () -> store.values("select resource from operation_lock where operation = ?::uuid", operation));
        var servers = servers(store.directory());
        if (servers.size() != 1) {
            throw new AssertionError("one embedded control database is wanted, there are " + servers);
        }
    }

    /** What was told of once is not held against the operations that come after. */
    private void nothing(String where, Supplier<List<String>> look) {
        Supplier<List<String>> fresh =
                () -> look.get().stream().filter(left -> !told.contains(left)).toList();
        try {
            Eventually.until(
                    () -> "nothing is left " + where + ", but " + fresh.get(),
                    SETTLED,
                    Duration.ofMillis(50),
                    () -> fresh.get().isEmpty());
        } catch (AssertionError e) {
            told.addAll(look.get());
            throw e;
        }
    }

    private List<String> files() {
        var found = new ArrayList<String>();
        found.addAll(below(service.home().resolve("scratch"), 1, path -> true));
        found.addAll(
                below(service.home().resolve("backups"), 1, path -> name(path).startsWith(".")));
        found.addAll(below(service.home(), 4, path -> name(path).endsWith("-tmp")));
        found.addAll(below(service.temporary(), 1, path -> name(path).startsWith("pgbosun")));
        found.addAll(differences(
                "published and not recorded, or recorded and not published: ",
                below(service.home().resolve("backups"), 1, path -> true).stream()
                        .map(path -> name(Path.of(path)))
                        .toList(),
                store.values("select id::text from backup")));
        found.addAll(differences(
                "data directory of no instance, or instance without one: ",
                below(service.home().resolve("clusters"), 2, path -> Files.exists(path.resolve("PG_VERSION"))),
                store.values("select data_directory from instance where data_directory is not null")));
        return found;
    }

    private static List<String> differences(String what, List<String> some, List<String> others) {
        var both = new TreeSet<>(some);
        both.retainAll(others);
        var either = new TreeSet<>(some);
        either.addAll(others);
        either.removeAll(both);
        return either.stream().map(one -> what + one).toList();
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    private static List<String> below(Path directory, int depth, Predicate<Path> wanted) {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (var files = Files.find(directory, depth, (path, attributes) -> !path.equals(directory))) {
            return files.filter(wanted).map(Path::toString).toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of("changing still: " + e.getMessage());
        }
    }

    /** Sessions, invalid indexes and idle replication slots, on every instance that answers. */
    private List<String> onServers(String operation) {
        return store
                .values(
                        "select cluster || ' ' || port from instance where data_directory is not null or cluster = 'foreign'")
                .stream()
                .flatMap(instance -> onServer(instance.split(" ")[0], instance.split(" ")[1], operation))
                .toList();
    }

    private Stream<String> onServer(String cluster, String port, String operation) {
        var found = new ArrayList<String>();
        try (var session = session(cluster, port, "postgres")) {
            found.addAll(session.values(SESSIONS, "pgbosun:" + operation + ":"));
            found.addAll(session.values(IDLE_SLOTS));
            for (var database : session.values("select datname from pg_database where datallowconn")) {
                found.addAll(invalidIndexes(cluster, port, database));
            }
        } catch (IllegalStateException stopped) {
            return Stream.empty();
        }
        return found.stream().map(what -> cluster + ":" + port + ": " + what);
    }

    private List<String> invalidIndexes(String cluster, String port, String database) {
        try (var session = session(cluster, port, database)) {
            return session.values(INVALID);
        }
    }

    /** Logs in at an instance of a managed cluster as pgbosun does. */
    ControlDatabase.Session session(String cluster, String port, String database) {
        var sealed = store.value("select password from cluster where name = ?", cluster);
        return ControlDatabase.Session.open(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?loginTimeout=5",
                "postgres",
                vault.unseal(sealed, "clusters/" + cluster).reveal());
    }

    private static List<String> processes(String operation) {
        var mark = "PGBOSUN_WORK=pgbosun:" + operation + ":";
        return ProcessHandle.allProcesses()
                .filter(process -> read(process, "environ").contains(mark))
                .map(process -> read(process, "cmdline").replace('\0', ' '))
                .toList();
    }

    /** The servers that run in a data directory. */
    private static Set<String> servers(Path directory) {
        var mark = "-D\0" + directory + "\0";
        var found = new TreeSet<String>();
        ProcessHandle.allProcesses()
                .filter(process -> read(process, "cmdline").contains(mark))
                .forEach(process ->
                        found.add(process.pid() + " " + read(process, "cmdline").replace('\0', ' ')));
        return found;
    }

    private static String read(ProcessHandle process, String file) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(process.pid()), file), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return ""; // it has ended, or is another user's
        }
    }
}
