package io.pgbosun.adapter;

import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.Location;
import io.pgbosun.host.ObjectStore;
import io.pgbosun.host.ObjectStore.StoredObject;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Backups in object storage: {@code <id>/…}, which is a backup as soon as {@code <id>/manifest.json} is there. Files are on
 * this host only on their way, each until it is stored or read.
 */
final class ObjectBackupFiles implements BackupFiles {
    private static final String MANIFEST = "manifest.json";
    private static final int TRIES = 3;

    private final ObjectStore store;
    private final Location location;
    private final Path spool;
    private final FetchedFiles fetched;

    /**
     * Over a store.
     *
     * @param spool the directory for files on their way
     */
    ObjectBackupFiles(ObjectStore store, Location location, Path spool) {
        this.store = store;
        this.location = location;
        this.spool = spool;
        this.fetched = new FetchedFiles(spool);
    }

    /** What failed first is told, not that the probe could not be deleted either. */
    @Override
    public void probe() {
        var key = ".probe-" + UUID.randomUUID();
        try {
            probe(key);
        } catch (RuntimeException e) {
            try {
                store.delete(key);
            } catch (RuntimeException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        store.delete(key);
    }

    private void probe(String key) {
        var text = "probe".getBytes(StandardCharsets.UTF_8);
        store.put(key, new ByteArrayInputStream(text));
        if (store.list(key).size() != 1) {
            throw Problem.notPossible(location.display() + " does not list an object that was just written.");
        }
        if (!java.util.Arrays.equals(text, read(key).orElse(null))) {
            throw Problem.notPossible(location.display() + " gives back other bytes than were written.");
        }
    }

    @Override
    public OptionalLong freeBytes() {
        return OptionalLong.empty();
    }

    @Override
    public Path stage(UUID backup) {
        var directory = spool.resolve("stage-" + backup);
        FileTree.make(directory);
        return directory;
    }

    @Override
    public boolean staged(UUID backup) {
        return Files.isDirectory(spool.resolve("stage-" + backup))
                || !objects(backup).isEmpty() && !isPublished(backup);
    }

    private List<StoredObject> objects(UUID backup) {
        return store.list(backup + "/");
    }

    private boolean isPublished(UUID backup) {
        return store.find(key(backup, MANIFEST)).isPresent();
    }

    private static String key(UUID backup, String path) {
        return backup + "/" + path;
    }

    @Override
    public void discard(UUID backup) {
        FileTree.remove(spool.resolve("stage-" + backup));
        if (!isPublished(backup)) {
            store.abandon(backup + "/");
            objects(backup).forEach(object -> store.delete(object.key()));
        }
    }

    @Override
    public void discard(UUID backup, String path) {
        var key = key(backup, path);
        store.abandon(key);
        store.list(key).stream()
                .map(StoredObject::key)
                .filter(found -> found.equals(key) || found.startsWith(key + "/"))
                .forEach(store::delete);
    }

    @Override
    public List<StoredFile> keep(UUID backup, String path) {
        var stage = stage(backup);
        discard(backup, path);
        var kept = new ArrayList<StoredFile>();
        for (var file : FileTree.files(stage.resolve(path))) {
            kept.add(keep(backup, stage, file));
        }
        FileTree.remove(stage.resolve(path));
        return kept;
    }

    private StoredFile keep(UUID backup, Path stage, Path file) {
        var name = stage.relativize(file).toString();
        return IoProblem.asking(file, "cannot be read", () -> {
            for (var tries = 1; ; tries++) {
                try (var content = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                    var written = store.put(key(backup, name), content);
                    return new StoredFile(name, written.sizeBytes(), written.sha256());
                } catch (Problem problem) {
                    if (problem.type() != ProblemType.ALREADY_EXISTS || tries == TRIES) {
                        throw problem;
                    }
                    store.delete(key(backup, name)); // a run that was not dead yet has stored it
                }
            }
        });
    }

    /** What comes from a program cannot be asked for again: when it fails, the step is done again as a whole. */
    @Override
    public StoredFile receive(UUID backup, String path, Content content) {
        discard(backup, path);
        return IoProblem.asking(Path.of(path), "cannot be stored", () -> {
            var written = StoredStream.through(content, stream -> store.put(key(backup, path), stream));
            return new StoredFile(path, written.sizeBytes(), written.sha256());
        });
    }

    @Override
    public InputStream open(UUID backup, StoredFile file) {
        try {
            return new CheckedStream(store.open(key(backup, file.path())), file);
        } catch (Problem problem) {
            throw problem.type() == ProblemType.NOT_FOUND ? CheckedStream.damaged(file.path(), "missing") : problem;
        }
    }

    /** A run that was cut off after the manifest was written finds its work done. */
    @Override
    public void publish(UUID backup, String manifestJson) {
        var bytes = manifestJson.getBytes(StandardCharsets.UTF_8);
        try {
            store.put(key(backup, MANIFEST), new ByteArrayInputStream(bytes));
        } catch (Problem problem) {
            if (problem.type() != ProblemType.ALREADY_EXISTS) {
                throw problem;
            }
            if (!manifest(backup).filter(manifestJson::equals).isPresent()) {
                throw Problem.notPossible("Backup " + backup + " is published already in " + location.display() + ".");
            }
        }
        FileTree.remove(spool.resolve("stage-" + backup));
    }

    @Override
    public Optional<String> manifest(UUID backup) {
        return read(key(backup, MANIFEST)).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    private Optional<byte[]> read(String key) {
        try (var content = store.open(key)) {
            return Optional.of(content.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Problem problem) {
            if (problem.type() == ProblemType.NOT_FOUND) {
                return Optional.empty();
            }
            throw problem;
        }
    }

    @Override
    public Path fetch(UUID backup, List<StoredFile> files) {
        return fetched.fetch(this, backup, files);
    }

    @Override
    public void release(UUID backup) {
        fetched.release(backup);
    }

    @Override
    public List<Damage> verify(UUID backup, List<StoredFile> files) {
        var damage = new ArrayList<Damage>();
        for (var file : files) {
            damage(backup, file).ifPresent(found -> damage.add(new Damage(file.path(), found)));
        }
        return damage;
    }

    private Optional<String> damage(UUID backup, StoredFile file) {
        var object = store.find(key(backup, file.path()));
        if (object.isEmpty()) {
            return Optional.of("missing");
        }
        try (var content = store.open(key(backup, file.path()))) {
            return Checksum.of(content, file.path()).damage(file);
        } catch (IOException e) {
            return Optional.of("cannot be read: " + IoProblem.reason(e));
        }
    }

    /** The manifest first, so that no part of it is taken for a backup. */
    @Override
    public void remove(UUID backup) {
        store.delete(key(backup, MANIFEST));
        discard(backup);
    }

    @Override
    public List<UUID> list() {
        return store.list("").stream()
                .map(object -> object.key().split("/", 2)[0])
                .distinct()
                .flatMap(name -> FileBackupFiles.id(name).stream())
                .toList();
    }

    @Override
    public String place(UUID backup) {
        return location.display() + backup + "/";
    }
}
