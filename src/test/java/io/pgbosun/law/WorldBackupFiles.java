package io.pgbosun.law;

import io.pgbosun.host.BackupFiles;
import io.pgbosun.law.Faults.Port;
import io.pgbosun.problem.Problem;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Repositories of the world, by the same names as on a disk. */
@Alternative
@Singleton
class WorldBackupFiles implements BackupFiles {
    private static final String MANIFEST = "/manifest.json";

    private final Stage stage;

    WorldBackupFiles(Stage stage) {
        this.stage = stage;
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

    private static String partial(Path repository, UUID backup) {
        return repository.resolve(".partial-" + backup).toString();
    }

    @Override
    public void probe(Path repository) {
        read("probe", () -> true);
    }

    @Override
    public long freeBytes(Path repository) {
        return read("freeBytes", () -> 1L << 40);
    }

    @Override
    public Path stage(Path repository, UUID backup) {
        var place = partial(repository, backup);
        change("stage", null, () -> world().files.put(place + "/", World.StoredFile.of("")));
        return Path.of(place);
    }

    @Override
    public boolean staged(Path repository, UUID backup) {
        return read("staged", () -> world().hasFiles(partial(repository, backup)));
    }

    @Override
    public void discard(Path repository, UUID backup) {
        var place = partial(repository, backup);
        change(
                "discard",
                () -> world().files.keySet().removeIf(file -> file.startsWith(place + "/") && !file.endsWith("/")),
                () -> world().removeFiles(place));
    }

    @Override
    public List<StoredFile> measure(Path directory) {
        return read(
                "measure",
                () -> below(directory)
                        .map(file -> new StoredFile(
                                file.substring(directory.toString().length() + 1),
                                text(file).length(),
                                Integer.toHexString(text(file).hashCode())))
                        .toList());
    }

    private Stream<String> below(Path directory) {
        return world().files.keySet().stream()
                .filter(file -> file.startsWith(directory + "/") && !file.endsWith("/") && !file.endsWith(MANIFEST));
    }

    private String text(String file) {
        return world().files.get(file).text();
    }

    /** Half of it is a manifest that is not yet in its place. */
    @Override
    public void publish(Path repository, UUID backup, String manifestJson) {
        var from = partial(repository, backup);
        var to = published(repository, backup).toString();
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
    public Optional<String> manifest(Path repository, UUID backup) {
        var file = published(repository, backup) + MANIFEST;
        return read(
                "manifest", () -> Optional.ofNullable(world().files.get(file)).map(World.StoredFile::text));
    }

    @Override
    public Path published(Path repository, UUID backup) {
        return repository.resolve(backup.toString());
    }

    @Override
    public List<Damage> verify(Path repository, UUID backup, List<StoredFile> files) {
        var directory = published(repository, backup);
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
    public void remove(Path repository, UUID backup) {
        var place = partial(repository, backup);
        var published = published(repository, backup).toString();
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
    public List<UUID> list(Path repository) {
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
