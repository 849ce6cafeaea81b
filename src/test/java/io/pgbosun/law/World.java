package io.pgbosun.law;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Everything outside of pgbosun: data directories with the servers in them, files, and what dead services left. */
final class World {
    static final int FIRST_PORT = 40_001;
    static final int POOLER_PORT = 6432;

    final Map<Path, Directory> directories = new TreeMap<>();
    /** Files of the repositories, by path; a folder is a file that ends in {@code /}. */
    final Map<String, StoredFile> files = new TreeMap<>();
    /** Base backups, by what is stored of them. */
    final Map<String, Directory> bases = new TreeMap<>();
    /** PgBouncers, by their ports. */
    final Map<Integer, PgBouncer> poolers = new TreeMap<>();
    /** Runs the servers when there is one. */
    PatroniState patroni;
    /** Sessions and processes of services that died. */
    final List<Leftover> leftovers = new ArrayList<>();

    int nextPort = FIRST_PORT;

    /** A file: its text, and the database or roles that a dump holds. */
    record StoredFile(String text, Db dump, Map<String, String> roles) {
        static StoredFile of(String text) {
            return new StoredFile(text, null, Map.of());
        }
    }

    /** What a dead service has left at work; {@code server} is null for a process. */
    record Leftover(UUID operation, long epoch, Path server, String what) {}

    /** One data directory. */
    static final class Directory {
        boolean initialized = true;
        boolean running;
        /** Whether a pg_rewind was cut off in it. */
        boolean torn;
        /** Whether its host answers. */
        boolean reachable = true;

        int timeline = 1;
        /** How often Patroni has built it anew. */
        int builds;

        String superuser;
        String password;
        Map<String, String> settings = new TreeMap<>();
        /** What ALTER SYSTEM has set. */
        Map<String, String> altered = new TreeMap<>();
        /** As it was when the server was started. */
        String archiveMode = "off";
        /** Whether the script that archives WAL is beside it. */
        boolean archiveScript;
        /** The networks that pg_hba.conf lets in. */
        List<String> admitted = List.of();
        /** The primary's port when this is a standby. */
        Integer follows;

        String slot = "";
        String applicationName = "";
        /** They are not replicated. */
        final TreeSet<String> slots = new TreeSet<>();

        Content content;

        boolean listensOn(int port) {
            return running && String.valueOf(port).equals(settings.get("port"));
        }
    }

    /** What is in a cluster; a standby shares its primary's. */
    static final class Content {
        String systemIdentifier;
        final Map<String, Db> databases = new TreeMap<>();
        /** Roles with their passwords. */
        final Map<String, String> roles = new TreeMap<>();
    }

    /** A PgBouncer, with what it has read of its file. */
    static final class PgBouncer {
        private static final Pattern LINE = Pattern.compile("(\\S+) = host=\\S+ port=(\\d+) .*");

        final String file;
        /** The port of the server that each database leads to. */
        final Map<String, Integer> databases = new TreeMap<>();

        final TreeSet<String> paused = new TreeSet<>();
        final TreeSet<String> disabled = new TreeSet<>();

        PgBouncer(String file) {
            this.file = file;
        }

        void read(StoredFile configuration) {
            databases.clear();
            if (configuration != null) {
                LINE.matcher(configuration.text())
                        .results()
                        .forEach(line -> databases.put(line.group(1), Integer.valueOf(line.group(2))));
            }
        }

        PgBouncer copy() {
            var copy = new PgBouncer(file);
            copy.databases.putAll(databases);
            copy.paused.addAll(paused);
            copy.disabled.addAll(disabled);
            return copy;
        }
    }

    /** A Patroni: who has the leader key, and what is configured. */
    static final class PatroniState {
        /** A member; null while nobody leads. */
        String leader;

        Map<String, Object> config = new TreeMap<>();

        PatroniState copy() {
            var copy = new PatroniState();
            copy.leader = leader;
            copy.config = new TreeMap<>(config);
            return copy;
        }
    }

    /** One database. */
    static final class Db {
        String owner;
        /** Whether nobody but its owner may connect. */
        boolean closed;
        /** Rows by table. */
        final Map<String, Long> tables = new TreeMap<>();
        /** Whether an index is valid. */
        final Map<String, Boolean> indexes = new TreeMap<>();
        /** Maintenance that was done. */
        final TreeSet<String> maintained = new TreeSet<>();

        Db(String owner) {
            this.owner = owner;
        }

        Db copy() {
            var copy = new Db(owner);
            copy.closed = closed;
            copy.tables.putAll(tables);
            copy.indexes.putAll(indexes);
            copy.maintained.addAll(maintained);
            return copy;
        }

        String show() {
            return "owner %s, closed %s, tables %s, indexes %s".formatted(owner, closed, tables, indexes);
        }
    }

    World copy() {
        var copy = new World();
        var contents = new java.util.IdentityHashMap<Content, Content>();
        directories.forEach((path, directory) -> copy.directories.put(path, copy(directory, contents)));
        copy.files.putAll(files);
        bases.forEach((text, base) -> copy.bases.put(text, copy(base, new java.util.IdentityHashMap<>())));
        poolers.forEach((port, pooler) -> copy.poolers.put(port, pooler.copy()));
        copy.patroni = patroni == null ? null : patroni.copy();
        copy.leftovers.addAll(leftovers);
        copy.nextPort = nextPort;
        return copy;
    }

    static Directory copy(Directory from, Map<Content, Content> contents) {
        var copy = new Directory();
        copy.initialized = from.initialized;
        copy.running = from.running;
        copy.builds = from.builds;
        copy.reachable = from.reachable;
        copy.timeline = from.timeline;
        copy.admitted = from.admitted;
        copy.superuser = from.superuser;
        copy.password = from.password;
        copy.settings = new TreeMap<>(from.settings);
        copy.altered = new TreeMap<>(from.altered);
        copy.archiveMode = from.archiveMode;
        copy.torn = from.torn;
        copy.archiveScript = from.archiveScript;
        copy.follows = from.follows;
        copy.slot = from.slot;
        copy.applicationName = from.applicationName;
        copy.slots.addAll(from.slots);
        copy.content = contents.computeIfAbsent(from.content, World::copy);
        return copy;
    }

    private static Content copy(Content from) {
        var copy = new Content();
        copy.systemIdentifier = from.systemIdentifier;
        from.databases.forEach((name, database) -> copy.databases.put(name, database.copy()));
        copy.roles.putAll(from.roles);
        return copy;
    }

    /** The server that listens on a port. */
    Optional<Directory> listening(int port) {
        return directories.values().stream()
                .filter(directory -> directory.listensOn(port))
                .findFirst();
    }

    /** Where the server that is to listen on a port has its data, whether it runs or not. */
    Path pathOfPort(int port) {
        return directories.entrySet().stream()
                .filter(entry ->
                        String.valueOf(port).equals(entry.getValue().settings.get("port")))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** Where a running server has its data. */
    Path pathOf(Directory wanted) {
        return directories.entrySet().stream()
                .filter(entry -> entry.getValue() == wanted)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** Removes a file or folder and all below it. */
    void removeFiles(String path) {
        files.keySet().removeIf(file -> isAt(file, path));
    }

    boolean hasFiles(String path) {
        return files.keySet().stream().anyMatch(file -> isAt(file, path));
    }

    /** Renames a folder. */
    void renameFiles(String from, String to) {
        var moved = files.entrySet().stream()
                .filter(entry -> isAt(entry.getKey(), from))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        removeFiles(from);
        moved.forEach((file, stored) -> files.put(to + file.substring(from.length()), stored));
    }

    private static boolean isAt(String file, String path) {
        return file.equals(path) || file.startsWith(path + "/");
    }

    void stop(Path path) {
        var directory = directories.get(path);
        if (directory != null) {
            directory.running = false;
            leftovers.removeIf(left -> path.equals(left.server()));
        }
    }

    /** The world in lines, for comparison. */
    List<String> lines() {
        var lines = new ArrayList<String>();
        directories.forEach((path, directory) -> {
            lines.add(
                    "directory %s: initialised %s, running %s, follows %s over %s as %s, settings %s, altered %s, archives %s by a script %s"
                            .formatted(
                                    path,
                                    directory.initialized,
                                    directory.running,
                                    directory.follows,
                                    directory.slot,
                                    directory.applicationName,
                                    directory.settings,
                                    directory.altered,
                                    directory.archiveMode,
                                    directory.archiveScript));
            directory.slots.forEach(slot -> lines.add("slot %s in %s".formatted(slot, path)));
            if (directory.follows == null && directory.content != null) {
                content(path, directory.content, lines);
            }
        });
        files.forEach((path, file) -> lines.add("file " + path + ": " + file.text()));
        poolers.values()
                .forEach(pooler -> pooler.databases.forEach(
                        (name, port) -> lines.add("pooled database %s: leads to %d, paused %s, disabled %s"
                                .formatted(name, port, pooler.paused.contains(name), pooler.disabled.contains(name)))));
        if (patroni != null) {
            lines.add("patroni: %s leads, configured %s".formatted(patroni.leader, patroni.config));
        }
        leftovers.forEach(left -> lines.add("left at work by a dead service: " + left.what()
                + (left.server() == null ? "" : " at " + left.server())));
        return lines;
    }

    private static void content(Path path, Content content, List<String> lines) {
        content.databases.forEach((name, database) -> {
            var where = "database %s in %s".formatted(name, path);
            lines.add(where + ": " + database.show());
            database.maintained.forEach(command -> lines.add(where + " has had " + command));
        });
        content.roles.keySet().forEach(role -> lines.add("role %s in %s".formatted(role, path)));
    }
}
