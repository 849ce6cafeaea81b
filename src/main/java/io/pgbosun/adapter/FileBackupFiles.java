package io.pgbosun.adapter;

import io.pgbosun.host.BackupFiles;
import io.pgbosun.problem.Problem;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;

/** Backups in a directory of this host: {@code <id>/…} when published, {@code .partial-<id>/…} until then. */
final class FileBackupFiles implements BackupFiles {
    private static final String PARTIAL = ".partial-";
    private static final String MANIFEST = "manifest.json";

    private final Path repository;

    FileBackupFiles(Path repository) {
        this.repository = repository;
    }

    @Override
    public void probe() {
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
            if (entries().noneMatch(file::equals)) {
                throw Problem.notPossible(repository + " does not list a file that was just written.");
            }
        } finally {
            IoProblem.doing(repository, "cannot be deleted from", () -> Files.deleteIfExists(file));
        }
    }

    @Override
    public OptionalLong freeBytes() {
        return OptionalLong.of(IoProblem.asking(
                repository,
                "does not tell its free space",
                () -> Files.getFileStore(repository).getUsableSpace()));
    }

    @Override
    public Path stage(UUID backup) {
        var directory = partial(backup);
        FileTree.make(directory);
        return directory;
    }

    @Override
    public boolean staged(UUID backup) {
        return Files.isDirectory(partial(backup));
    }

    @Override
    public void discard(UUID backup) {
        FileTree.remove(partial(backup));
    }

    @Override
    public void discard(UUID backup, String path) {
        FileTree.remove(partial(backup).resolve(path));
    }

    @Override
    public List<StoredFile> keep(UUID backup, String path) {
        var stage = partial(backup);
        var kept = new ArrayList<StoredFile>();
        for (var file : FileTree.files(stage.resolve(path))) {
            var content = IoProblem.asking(file, "cannot be read", () -> Checksum.of(file));
            kept.add(new StoredFile(stage.relativize(file).toString(), content.sizeBytes(), content.sha256()));
        }
        return kept;
    }

    @Override
    public StoredFile receive(UUID backup, String path, Content content) {
        var file = stage(backup).resolve(path);
        FileTree.make(file.getParent());
        return IoProblem.asking(file, "cannot be written", () -> {
            Files.deleteIfExists(file);
            Files.createFile(file, FileTree.ONLY_OURS);
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                var out = new DigestOutputStream(Channels.newOutputStream(channel), Checksum.newDigest());
                content.to(out);
                channel.force(true);
                var sum = HexFormat.of().formatHex(out.getMessageDigest().digest());
                return new StoredFile(path, channel.size(), sum);
            }
        });
    }

    @Override
    public InputStream open(UUID backup, StoredFile file) {
        var path = published(backup).resolve(file.path()).normalize();
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw CheckedStream.damaged(file.path(), "missing");
        }
        return IoProblem.asking(
                path,
                "cannot be read",
                () -> new CheckedStream(Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS), file));
    }

    /** A run that was cut off after the rename finds its work done. */
    @Override
    public void publish(UUID backup, String manifestJson) {
        var from = partial(backup);
        var to = published(backup);
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
    public Optional<String> manifest(UUID backup) {
        var file = published(backup).resolve(MANIFEST);
        return IoProblem.asking(file, "cannot be read", () -> {
            try {
                // what is no UTF-8 any more is damaged, which is for the reader of the text to say
                return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            } catch (NoSuchFileException absent) {
                return Optional.empty();
            }
        });
    }

    private Path published(UUID backup) {
        return repository.resolve(backup.toString());
    }

    /** They are here. */
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
        return (staged(backup) ? partial(backup) : published(backup)).toString();
    }

    @Override
    public List<Damage> verify(UUID backup, List<StoredFile> files) {
        var directory = published(backup);
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
    public void remove(UUID backup) {
        var directory = published(backup);
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            FileTree.checkRemovable(directory);
            discard(backup);
            IoProblem.doing(directory, "cannot be removed", () -> FileTree.rename(directory, partial(backup)));
        }
        discard(backup);
    }

    @Override
    public List<UUID> list() {
        return entries()
                .flatMap(entry -> id(entry.getFileName().toString()).stream())
                .distinct()
                .sorted()
                .toList();
    }

    private Stream<Path> entries() {
        return IoProblem.asking(repository, "cannot be listed", () -> {
            try (var entries = Files.list(repository)) {
                return entries.toList().stream();
            }
        });
    }

    /** Other files in the repository are none of ours. */
    static Optional<UUID> id(String name) {
        var text = name.startsWith(PARTIAL) ? name.substring(PARTIAL.length()) : name;
        return text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }

    private Path partial(UUID backup) {
        return repository.resolve(PARTIAL + backup);
    }
}
