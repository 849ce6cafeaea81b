package io.pgbosun.law;

import io.pgbosun.host.BackupFiles.Damage;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Location;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.PgBackRest;
import io.pgbosun.host.PgBackRests;
import io.pgbosun.host.Progress;
import io.pgbosun.host.WalArchive;
import io.pgbosun.host.Work;
import io.pgbosun.law.Faults.Port;
import io.pgbosun.problem.Problem;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** pgBackRest on the world: a backup that is cut off is none, and its process goes on when its service died. */
@Alternative
@Singleton
class WorldBackRests implements PgBackRests {
    static final String FOLDER = "pgbackrest";

    private final Stage stage;

    WorldBackRests(Stage stage) {
        this.stage = stage;
    }

    @Override
    public Optional<String> version() {
        return stage.faults().read(Port.PROGRAM, "pgbackrest version", () -> Optional.of("2.45"));
    }

    @Override
    public PgBackRest at(String repository, Location location, String stanza) {
        return new Stanza(Path.of(location.display()).resolve(FOLDER).resolve(stanza), stanza);
    }

    @Override
    public List<String> stanzas(Location location) {
        return stage.faults().read(Port.FILES, "stanzas", List::of);
    }

    /** A directory with a file for each backup, which says what it holds. */
    private final class Stanza implements PgBackRest {
        private final Path directory;
        private final String name;

        Stanza(Path directory, String name) {
            this.directory = directory;
            this.name = name;
        }

        private World world() {
            return stage.world();
        }

        private <T> T read(String what, Supplier<T> read) {
            return stage.faults().read(Port.PROGRAM, "pgbackrest " + what, read);
        }

        private void change(String what, Runnable half, Runnable effect) {
            stage.faults().change(Port.PROGRAM, "pgbackrest " + what, half, effect);
        }

        @Override
        public boolean hasStanza() {
            return read("stanza", () -> world().files.containsKey(directory + "/"));
        }

        @Override
        public void createStanza(Path dataDirectory) {
            change("stanza-create", null, () -> world().files.put(directory + "/", World.StoredFile.of("")));
        }

        @Override
        public void removeEmptyStanza() {
            change("stanza is removed", null, () -> world().removeFiles(directory.toString()));
        }

        @Override
        public void check(Endpoint primary, Path dataDirectory) {
            change("check", null, () -> new WorldDumps(world()).server(primary));
        }

        @Override
        public List<String> backup(
                Endpoint primary, Path data, SetType type, UUID backup, Consumer<Progress> progress) {
            Runnable half = () -> Work.current()
                    .filter(work -> stage.faults().dying())
                    .ifPresent(work -> world().leftovers
                            .add(new World.Leftover(work.operation(), work.epoch(), null, "pgbackrest")));
            change("backup", half, () -> {
                var base = World.copy(new WorldDumps(world()).server(primary), new IdentityHashMap<>());
                base.slots.clear();
                var text = "set of " + base.content.databases.keySet() + " with " + base.content.roles.keySet();
                world().bases.put(text, base);
                world().files.put(directory + "/" + type + " " + backup, World.StoredFile.of(text));
            });
            return List.of();
        }

        @Override
        public List<BackupSet> backups() {
            return read("info", () -> {
                var sets = new ArrayList<BackupSet>();
                for (var path : world().files.keySet()) {
                    if (path.startsWith(directory + "/") && !path.endsWith("/")) {
                        sets.add(set(path.substring(directory.toString().length() + 1)));
                    }
                }
                return sets;
            });
        }

        private BackupSet set(String label) {
            var words = label.split(" ");
            var lsn = new Lsn(0x3000148);
            return new BackupSet(
                    name,
                    label,
                    SetType.valueOf(words[0]),
                    List.of(),
                    UUID.fromString(words[1]),
                    15,
                    1,
                    lsn,
                    lsn,
                    "",
                    "",
                    Instant.EPOCH,
                    Instant.EPOCH,
                    1);
        }

        @Override
        public List<String> databases(String label) {
            return read("info of a set", List::of);
        }

        @Override
        public Map<String, List<Damage>> verify() {
            return read("verify", () -> new HashMap<>());
        }

        @Override
        public void expire(String label) {
            change("expire", null, () -> world().files.remove(directory + "/" + label));
        }

        @Override
        public void restore(String label, Path path) {
            change("restore " + path, null, () -> {
                if (world().directories.containsKey(path)) {
                    throw Problem.notPossible("'" + path + "' is not empty");
                }
                var text = world().files.get(directory + "/" + label).text();
                var restored = World.copy(world().bases.get(text), new IdentityHashMap<>());
                restored.running = false;
                restored.follows = null;
                restored.slot = "";
                restored.applicationName = "";
                world().directories.put(path, restored);
            });
        }

        @Override
        public String archiveCommand() {
            return "pgbackrest archive-push " + directory;
        }

        @Override
        public boolean isArchiveCommand(String command) {
            return command.equals(archiveCommand());
        }

        @Override
        public String restoreCommand() {
            return "pgbackrest archive-get " + directory;
        }

        @Override
        public WalArchive archive() {
            return new WorldWalArchive(stage, directory);
        }
    }
}
