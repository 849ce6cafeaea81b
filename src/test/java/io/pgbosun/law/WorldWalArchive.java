package io.pgbosun.law;

import io.pgbosun.host.ArchiveMethod;
import io.pgbosun.host.Location;
import io.pgbosun.host.WalArchive;
import io.pgbosun.host.WalArchives;
import io.pgbosun.host.WalCommit;
import io.pgbosun.law.Faults.Port;
import io.pgbosun.law.World.Directory;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** An archive of the world: WAL is in it for as long as a primary archives there. */
class WorldWalArchive implements WalArchive {
    private static final long SEGMENT_BYTES = 16 << 20;

    private final Stage stage;
    private final Path directory;

    WorldWalArchive(Stage stage, Path directory) {
        this.stage = stage;
        this.directory = directory;
    }

    /** Every directory of the world may have one. */
    @Alternative
    @Singleton
    static class Places implements WalArchives {
        private final Stage stage;

        Places(Stage stage) {
            this.stage = stage;
        }

        @Override
        public WalArchive at(ArchiveMethod method, String repository, Location location, String cluster) {
            var folder = method == ArchiveMethod.SCRIPT ? "wal" : WorldBackRests.FOLDER;
            return new WorldWalArchive(
                    stage, Path.of(location.display()).resolve(folder).resolve(cluster));
        }
    }

    private <T> T read(String name, Supplier<T> read) {
        return stage.faults().read(Port.FILES, name + " of the archive", read);
    }

    private void change(String name, Runnable effect) {
        stage.faults().change(Port.FILES, name + " the archive", null, effect);
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public boolean exists() {
        return read("exists", () -> stage.world().hasFiles(directory.toString()));
    }

    @Override
    public void make() {
        change("make", () -> stage.world().files.put(directory + "/", World.StoredFile.of("")));
    }

    @Override
    public void removeEmpty() {
        change("remove", () -> stage.world().removeFiles(directory.toString()));
    }

    @Override
    public List<WalFile> files() {
        return read(
                "files",
                () -> segments()
                        .map(name -> new WalFile(name, SEGMENT_BYTES, SEGMENT_BYTES, WorldServer.STARTED))
                        .toList());
    }

    private Stream<String> segments() {
        return stage.world().files.keySet().stream()
                .filter(file -> file.startsWith(directory + "/"))
                .map(file -> file.substring(directory.toString().length() + 1))
                .filter(name -> !name.isEmpty());
    }

    @Override
    public void remove(List<String> names) {
        stage.faults()
                .change(
                        Port.FILES,
                        "remove of the archive",
                        () -> names.stream().limit(1).forEach(this::removeOne),
                        () -> names.forEach(this::removeOne));
    }

    private void removeOne(String name) {
        stage.world().files.remove(directory + "/" + name);
    }

    @Override
    public boolean has(String name) {
        return read(
                "has",
                () -> stage.world().hasFiles(directory.toString())
                        && stage.world().directories.values().stream().anyMatch(this::isFilledBy));
    }

    private boolean isFilledBy(Directory server) {
        var command = server.altered.getOrDefault("archive_command", "");
        return server.running
                && server.follows == null
                && (server.archiveScript || command.startsWith("pgbackrest"))
                && server.archiveMode.equals("on")
                && command.contains(directory.toString());
    }

    @Override
    public InputStream open(String name) {
        return read("open " + name, InputStream::nullInputStream);
    }

    /** Servers of the world archive by themselves. */
    @Override
    public String store(String name, InputStream content) {
        throw new UnsupportedOperationException(name);
    }

    @Override
    public String read(String name) {
        return read("read " + name, () -> "");
    }

    @Override
    public Optional<Origin> origin() {
        return read("origin", () -> segments().findAny().map(any -> new Origin("of the world", SEGMENT_BYTES)));
    }

    @Override
    public Optional<WalCommit> lastCommit(String firstSegment, String lastSegment) {
        return read("lastCommit", Optional::empty);
    }

    @Override
    public String restoreCommand() {
        return "cp " + directory;
    }
}
