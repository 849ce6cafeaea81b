package io.pgbosun.adapter;

import io.pgbosun.host.BackupFiles;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Backups in a directory of this host: {@code <id>/…} when published, {@code .partial-<id>/…} until then. */
@Singleton
public final class FileBackupFiles implements BackupFiles {
    private static final String PARTIAL = ".partial-";
    private static final String MANIFEST = "manifest.json";

    @Override
    public void probe(Path repository) {
        if (!Files.isDirectory(repository)) {
            throw Problem.notPossible(
                    "There is no directory " + repository + "; make it, owned by the user of pgbosun.");
        }
        var file = repository.resolve(".probe-" + UUID.randomUUID());
        try {
            IoProblem.doing(repository, "cannot be written to", () -> FileTree.replace(file, "probe"));
            var read = IoProblem.asking(repository, "cannot be read from", () -> Files.readString(file));
            if (!read.equals("probe")) {
                throw Problem.notPossible(repository + " gives back other bytes than were written.");
            }
            if (entries(repository).noneMatch(file::equals)) {
                throw Problem.notPossible(repository + " does not list a file that was just written.");
            }
        } finally {
            IoProblem.doing(repository, "cannot be deleted from", () -> Files.deleteIfExists(file));
        }
    }

    @Override
    public long freeBytes(Path repository) {
        return IoProblem.asking(
                repository,
                "does not tell its free space",
                () -> Files.getFileStore(repository).getUsableSpace());
    }

    @Override
    public Path stage(Path repository, UUID backup) {
        var directory = partial(repository, backup);
        FileTree.make(directory);
        return directory;
    }

    @Override
    public boolean staged(Path repository, UUID backup) {
        return Files.isDirectory(partial(repository, backup));
    }

    @Override
    public void discard(Path repository, UUID backup) {
        FileTree.remove(partial(repository, backup));
    }

    @Override
    public List<StoredFile> measure(Path directory) {
        return IoProblem.asking(directory, "cannot be read", () -> {
            try (var tree = Files.walk(directory)) {
                var files = tree.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                        .filter(path -> !path.equals(directory.resolve(MANIFEST)))
                        .sorted()
                        .toList();
                var measured = new ArrayList<StoredFile>(files.size());
                for (var file : files) {
                    var content = Checksum.of(file);
                    measured.add(new StoredFile(
                            directory.relativize(file).toString(), content.sizeBytes(), content.sha256()));
                }
                return measured;
            }
        });
    }

    /** A run that was cut off after the rename finds its work done. */
    @Override
    public void publish(Path repository, UUID backup, String manifestJson) {
        var from = partial(repository, backup);
        var to = published(repository, backup);
        if (Files.exists(to)) {
            if (Files.exists(from)) {
                throw Problem.notPossible("Backup " + backup + " is published already in " + repository + ".");
            }
            return;
        }
        FileTree.write(from.resolve(MANIFEST), manifestJson);
        IoProblem.doing(from, "cannot be published", () -> {
            FileTree.sync(from);
            FileTree.rename(from, to);
        });
    }

    @Override
    public Optional<String> manifest(Path repository, UUID backup) {
        var file = published(repository, backup).resolve(MANIFEST);
        return IoProblem.asking(file, "cannot be read", () -> {
            try {
                // what is no UTF-8 any more is damaged, which is for the reader of the text to say
                return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            } catch (NoSuchFileException absent) {
                return Optional.empty();
            }
        });
    }

    @Override
    public Path published(Path repository, UUID backup) {
        return repository.resolve(backup.toString());
    }

    @Override
    public List<Damage> verify(Path repository, UUID backup, List<StoredFile> files) {
        var directory = published(repository, backup);
        return files.stream()
                .flatMap(file -> damage(directory, file).map(found -> new Damage(file.path(), found)).stream())
                .toList();
    }

    private static Optional<String> damage(Path directory, StoredFile file) {
        var path = directory.resolve(file.path()).normalize();
        if (!path.startsWith(directory)) {
            return Optional.of("not below the backup's directory");
        }
        return Checksum.damage(path, file);
    }

    /** Under its temporary name again before anything is deleted, so that no part of it is taken for a backup. */
    @Override
    public void remove(Path repository, UUID backup) {
        var directory = published(repository, backup);
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            FileTree.checkRemovable(directory);
            discard(repository, backup);
            IoProblem.doing(
                    directory, "cannot be removed", () -> FileTree.rename(directory, partial(repository, backup)));
        }
        discard(repository, backup);
    }

    @Override
    public List<UUID> list(Path repository) {
        return entries(repository)
                .flatMap(entry -> id(entry.getFileName().toString()).stream())
                .distinct()
                .sorted()
                .toList();
    }

    private static Stream<Path> entries(Path repository) {
        return IoProblem.asking(repository, "cannot be listed", () -> {
            try (var entries = Files.list(repository)) {
                return entries.toList().stream();
            }
        });
    }

    /** Other files in the repository are none of ours. */
    private static Optional<UUID> id(String name) {
        var text = name.startsWith(PARTIAL) ? name.substring(PARTIAL.length()) : name;
        return text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }

    private static Path partial(Path repository, UUID backup) {
        return repository.resolve(PARTIAL + backup);
    }
}
