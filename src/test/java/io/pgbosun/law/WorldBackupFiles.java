package io.pgbosun.law;

import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.BackupPlaces;
import io.pgbosun.host.Location;
import io.pgbosun.law.Faults.Port;
import io.pgbosun.problem.Problem;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** The backups in a directory of the world, by the same names as on a disk. */
class WorldBackupFiles implements BackupFiles {
    private static final String MANIFEST = "/manifest.json";

    private final Stage stage;
    private final Path repository;

    private WorldBackupFiles(Stage stage, Path repository) {
        this.stage = stage;
        this.repository = repository;
    }

    /** Every directory of the world is one. */
    @Alternative
    @Singleton
    static class Places implements BackupPlaces {
        private final Stage stage;

        Places(Stage stage) {
            this.stage = stage;
        }

        @Override
        public BackupFiles at(Location location, boolean encrypted) {
            return new WorldBackupFiles(stage, Path.of(location.display()));
        }
    }

    private World world() {
        return stage.world();
    }

    private <T> T read(String name, java.util.function.Supplier<T> read) {
        return stage.faults().read(Port.FILES, name, read);
    }

    private void change(String name, Runnable half, Runnable effect) {
        stage.faults().change(Port.FILES, name, half, effect);
    }

    private String partial(UUID backup) {
        return repository.resolve(".partial-" + backup).toString();
    }

    @Override
    public void probe() {
        read("probe", () -> true);
    }

    @Override
    public OptionalLong freeBytes() {
        return read("freeBytes", () -> OptionalLong.of(1L << 40));
    }

    @Override
    public Path stage(UUID backup) {
        var place = partial(backup);
        change("stage", null, () -> world().files.put(place + "/", World.StoredFile.of("")));
        return Path.of(place);
    }

    @Override
    public boolean staged(UUID backup) {
        return read("staged", () -> world().hasFiles(partial(backup)));
    }

    @Override
    public void discard(UUID backup) {
        var place = partial(backup);
        change(
                "discard",
                () -> world().files.keySet().removeIf(file -> file.startsWith(place + "/") && !file.endsWith("/")),
                () -> world().removeFiles(place));
    }

    /** What is kept here is what was written. */
    @Override
    public void discard(UUID backup, String path) {
        change(
                "discard " + path,
                null,
                () -> world().files.keySet().removeIf(file -> file.equals(partial(backup) + "/" + path)));
    }

    @Override
    public List<StoredFile> keep(UUID backup, String path) {
        var place = partial(backup) + "/";
        return read(
                "keep",
                () -> world().files.keySet().stream()
                        .filter(file -> file.equals(place + path) || file.startsWith(place + path + "/"))
                        .filter(file -> !file.endsWith("/"))
                        .sorted()
                        .map(file -> new StoredFile(
                                file.substring(place.length()),
                                text(file).length(),
                                Integer.toHexString(text(file).hashCode())))
                        .toList());
    }

    @Override
    public StoredFile receive(UUID backup, String path, Content content) {
        var bytes = new ByteArrayOutputStream();
        try {
            content.to(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var file = partial(backup) + "/" + path;
        var text = bytes.toString(StandardCharsets.UTF_8);
        change(
                "receive " + path,
                () -> world().files.put(file, World.StoredFile.of("half of it")),
                () -> world().files.put(file, World.StoredFile.of(text)));
        return new StoredFile(path, text.length(), Integer.toHexString(text.hashCode()));
    }

    @Override
    public InputStream open(UUID backup, StoredFile file) {
        return read(
                "open",
                () -> new ByteArrayInputStream(
                        text(published(backup) + "/" + file.path()).getBytes(StandardCharsets.UTF_8)));
    }

    private String text(String file) {
        return world().files.get(file).text();
    }

    /** Half of it is a manifest that is not yet in its place. */
    @Override
    public void publish(UUID backup, String manifestJson) {
        var from = partial(backup);
        var to = published(backup).toString();
        Runnable half = () -> world().files.put(from + MANIFEST, World.StoredFile.of(manifestJson));
        change("publish", half, () -> {
            if (world().hasFiles(to)) {
                throw Problem.notPossible("published already");
            }
            half.run();
            world().renameFiles(from, to);
        });
    }

    @Override
    public Optional<String> manifest(UUID backup) {
        var file = published(backup) + MANIFEST;
        return read(
                "manifest", () -> Optional.ofNullable(world().files.get(file)).map(World.StoredFile::text));
    }

    private Path published(UUID backup) {
        return repository.resolve(backup.toString());
    }

    @Override
    public Path fetch(UUID backup, List<StoredFile> files) {
        return published(backup);
    }

    @Override
    public void release(UUID backup) {
        // nothing was copied
    }

    @Override
    public String place(UUID backup) {
        return published(backup).toString();
    }

    @Override
    public List<Damage> verify(UUID backup, List<StoredFile> files) {
        var directory = published(backup);
        return read(
                "verify",
                () -> files.stream()
                        .filter(file -> !world().files.containsKey(directory + "/" + file.path())
                                || !file.sha256()
                                        .equals(Integer.toHexString(text(directory + "/" + file.path())
                                                .hashCode())))
                        .map(file -> new Damage(file.path(), "checksum differs"))
                        .toList());
    }

    /** Half of it is a backup under its temporary name again. */
    @Override
    public void remove(UUID backup) {
        var place = partial(backup);
        var published = published(backup).toString();
        Runnable half = () -> {
            if (world().hasFiles(published)) {
                world().removeFiles(place);
                world().renameFiles(published, place);
            }
        };
        change("remove the backup", half, () -> {
            half.run();
            world().removeFiles(place);
        });
    }

    @Override
    public List<UUID> list() {
        return read(
                "list",
                () -> world().files.keySet().stream()
                        .filter(file -> file.startsWith(repository + "/"))
                        .map(file -> file.substring(repository.toString().length() + 1)
                                .replace(".partial-", "")
                                .substring(0, 36))
                        .distinct()
                        .map(UUID::fromString)
                        .toList());
    }
}
