package io.pgbosun.adapter;

import io.pgbosun.host.BackupFiles;
import io.pgbosun.problem.Problem;
import io.pgbosun.secret.BackupKeys;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Backups whose files are encrypted on this host before they are stored, and decrypted after they were read; the manifest
 * is in the clear, with checksums of what is stored. What is not encrypted is read as it is.
 */
final class EncryptedBackupFiles implements BackupFiles {
    private final BackupFiles stored;
    private final BackupKeys keys;
    private final Path spool;
    private final FetchedFiles fetched;
    private final boolean encrypts;

    /**
     * Over those that store.
     *
     * @param spool the directory for files in the clear
     * @param encrypts whether files that are stored from now on are
     */
    EncryptedBackupFiles(BackupFiles stored, BackupKeys keys, Path spool, boolean encrypts) {
        this.stored = stored;
        this.keys = keys;
        this.spool = spool;
        this.fetched = new FetchedFiles(spool);
        this.encrypts = encrypts;
    }

    @Override
    public void probe() {
        stored.probe();
    }

    @Override
    public OptionalLong freeBytes() {
        return stored.freeBytes();
    }

    private Path clear(UUID backup) {
        return spool.resolve("clear-" + backup);
    }

    @Override
    public Path stage(UUID backup) {
        var stage = stored.stage(backup);
        if (!encrypts) {
            return stage;
        }
        FileTree.make(clear(backup));
        return clear(backup);
    }

    @Override
    public boolean staged(UUID backup) {
        return stored.staged(backup);
    }

    @Override
    public void discard(UUID backup) {
        FileTree.remove(clear(backup));
        stored.discard(backup);
    }

    @Override
    public void discard(UUID backup, String path) {
        stored.discard(backup, path);
    }

    @Override
    public List<StoredFile> keep(UUID backup, String path) {
        if (!encrypts) {
            return stored.keep(backup, path);
        }
        stored.discard(backup, path);
        var clear = clear(backup);
        var kept = new ArrayList<StoredFile>();
        for (var file : FileTree.files(clear.resolve(path))) {
            kept.add(receive(backup, clear.relativize(file).toString(), out -> Files.copy(file, out)));
        }
        FileTree.remove(clear.resolve(path));
        return kept;
    }

    @Override
    public StoredFile receive(UUID backup, String path, Content content) {
        if (!encrypts) {
            return stored.receive(backup, path, content);
        }
        var key = keys.current();
        var file = stored.receive(backup, path, out -> {
            try (var encrypting = key.encrypting(new Unclosed(out), context(backup, path))) {
                content.to(encrypting);
            }
        });
        return new StoredFile(path, file.sizeBytes(), file.sha256(), key.keyId());
    }

    /** A file is of no use in another's place. */
    private static String context(UUID backup, String path) {
        return backup + "/" + path;
    }

    /** Leaves the end to whom it belongs. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }

    @Override
    public InputStream open(UUID backup, StoredFile file) {
        if (file.keyId() == null) {
            return stored.open(backup, file);
        }
        var key = keys.decryption(file.keyId())
                .orElseThrow(() -> Problem.notPossible(
                        "%s of backup %s is encrypted with key %d, which this service does not have; give it the"
                                        .formatted(file.path(), backup, file.keyId())
                                + " PGBOSUN_BACKUP_KEY_FILE that has it."));
        return IoProblem.asking(
                Path.of(file.path()),
                "cannot be decrypted",
                () -> key.decrypting(stored.open(backup, file), context(backup, file.path())));
    }

    @Override
    public void publish(UUID backup, String manifestJson) {
        stored.publish(backup, manifestJson);
        FileTree.remove(clear(backup));
    }

    @Override
    public Optional<String> manifest(UUID backup) {
        return stored.manifest(backup);
    }

    @Override
    public Path fetch(UUID backup, List<StoredFile> files) {
        if (files.stream().allMatch(file -> file.keyId() == null)) {
            return stored.fetch(backup, files);
        }
        return fetched.fetch(this, backup, files);
    }

    @Override
    public void release(UUID backup) {
        fetched.release(backup);
        stored.release(backup);
    }

    @Override
    public List<Damage> verify(UUID backup, List<StoredFile> files) {
        return stored.verify(backup, files);
    }

    @Override
    public void remove(UUID backup) {
        stored.remove(backup);
        FileTree.remove(clear(backup));
    }

    @Override
    public List<UUID> list() {
        return stored.list();
    }

    @Override
    public String place(UUID backup) {
        return stored.place(backup);
    }
}
