package io.pgbosun.process;

import io.pgbosun.adapter.Bucket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What an operation that has ended should not have left: what the oracle finds, and what only a test can know. */
final class Leftovers {
    private static final Duration SETTLED = Duration.ofSeconds(20);
    private static final String WAL = "wal/";
    private static final String ARCHIVED =
            WAL + "[^/]+/([0-9A-F]{24}([.]partial|[.][0-9A-F]{8}[.]backup)?|[0-9A-F]{8}[.]history)";
    private static final String SERVED = "-D\0";

    /** On a managed server, each of these is of an operation that is under way. */
    private static final String ON_A_SERVER = """
            select 'replication slot ' || slot_name from pg_replication_slots where slot_name like 'pgbosun\\_%'
            union all select 'base backup of ' || pid from pg_stat_progress_basebackup
            union all select 'session ' || pid || ' of ' || application_name from pg_stat_activity
              where application_name like 'pgbosun:%:%' or application_name like 'pgBackRest%'
            """;
    /** What the catalogue says there is. */
    private static final String CATALOGUED = """
            select b.id || '/' || file from backup b, lateral (
              select f->>'path' as file from jsonb_array_elements(b.manifest->'files') f union all select 'manifest.json') files
            where b.repository = ?
            """;

    private final Service service;
    private final ControlDatabase store;
    private final Oracle oracle;
    private final StanzaLeftovers stanzas;
    private final List<Bucket> buckets;

    Leftovers(Service service) {
        this(service, List.of());
    }

    /**
     * With repositories in buckets.
     *
     * @param buckets hold nothing but these
     */
    Leftovers(Service service, List<Bucket> buckets) {
        this.service = service;
        this.buckets = buckets;
        store = service.store();
        oracle = new Oracle(service);
        stanzas = new StanzaLeftovers(service);
    }

    /** Fails when anything is left, once dying processes and sessions have had a moment. */
    void refuse() {
        oracle.refuseFindings();
        Eventually.until(
                () -> "nothing is left, but " + found(), SETTLED, Duration.ofMillis(500), () -> found().isEmpty());
    }

    private List<String> found() {
        var found = new ArrayList<String>();
        entries(service.temporary())
                .filter(file -> file.getFileName().toString().startsWith("pgbosun"))
                .forEach(file -> found.add(file.toString()));
        var home = service.home();
        Stream.of("spool", "spool/parts", "scratch")
                .flatMap(folder -> entries(home.resolve(folder)))
                .filter(file -> !file.endsWith("spool/parts"))
                .forEach(file -> found.add(file.toString()));
        var served = served();
        servers(served, found);
        directories(served, found);
        objects(found);
        found.addAll(stanzas.found());
        return found;
    }

    private void servers(List<String> served, Collection<String> found) {
        if (served.stream().filter(store.directory().toString()::equals).count() != 1) {
            found.add("one embedded control database is wanted, served are " + served);
        }
        for (var cluster : store.values("select distinct cluster from instance where data_directory is not null")) {
            var up = served.containsAll(store.values(
                    "select data_directory from instance where cluster = ? order by name limit 1", cluster));
            if (up) {
                new Superuser(service, cluster).values(ON_A_SERVER).forEach(what -> found.add(what + " of " + cluster));
            }
        }
    }

    /** Those that a server runs in or could, and that are no instance's. */
    private void directories(List<String> served, Collection<String> found) {
        var there = new TreeSet<>(served);
        there.remove(store.directory().toString());
        entries(service.home().resolve("clusters"))
                .flatMap(Leftovers::entries)
                .filter(Files::isDirectory)
                .forEach(directory -> there.add(directory.toString()));
        store.values("select data_directory from instance where data_directory is not null")
                .forEach(there::remove);
        there.forEach(directory -> found.add("data directory " + directory));
    }

    private void objects(Collection<String> found) {
        var objects = new TreeSet<String>();
        for (var bucket : buckets) {
            bucket.keys().forEach(key -> objects.add(bucket.place() + "/" + key));
            bucket.unfinished().forEach(key -> found.add("unfinished upload to " + bucket.place() + "/" + key));
        }
        for (var name : store.values("select name from repository order by name")) {
            var path = store.value("select path from repository where name = ?", name);
            var known = store.values(CATALOGUED, name);
            if (path.startsWith("/")) {
                var files = new TreeSet<>(files(Path.of(path)));
                known.forEach(files::remove);
                files.forEach(file -> found.add("file " + path + "/" + file));
            } else {
                var prefix = path.substring(placeAt(path));
                known.forEach(key -> objects.remove(prefix + key));
            }
        }
        objects.forEach(key -> found.add("object " + key));
    }

    /** Where the name of the bucket begins; what is before it is of its server. */
    private int placeAt(String path) {
        return buckets.stream()
                .mapToInt(bucket -> path.indexOf("/" + bucket.place() + "/") + 1)
                .max()
                .orElseThrow();
    }

    /** All files of a repository but archived WAL, under names of PostgreSQL, and what pgBackRest keeps. */
    private static List<String> files(Path repository) {
        try (var files = Files.walk(repository)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> repository.relativize(file).toString())
                    .filter(file -> !file.matches(ARCHIVED) && !file.startsWith(StanzaLeftovers.FOLDER))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Path> entries(Path directory) {
        if (!Files.isDirectory(directory)) {
            return Stream.empty();
        }
        try (var files = Files.list(directory)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The directories below the state folder that servers run in. */
    private List<String> served() {
        return ProcessHandle.allProcesses()
                .map(Leftovers::commandLine)
                .filter(command -> command.contains(SERVED + service.home() + "/"))
                .map(command -> command.substring(command.indexOf(SERVED) + SERVED.length())
                        .split("\0")[0])
                .toList();
    }

    static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(
                    Path.of("/proc", String.valueOf(process.pid()), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return ""; // it has ended, or is another user's
        }
    }
}
