package io.pgbosun.adapter;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** A base backup in the directory of a machine that it is unpacked into. */
record UnpackedBaseBackup(Machine machine, Path directory) {
    private static final Pattern WRONG = Pattern.compile("pg_verifybackup: error: (.*)");
    private static final int TOLD = 20;

    /** Reads to the very end, where a stored file proves whole. */
    void unpack(InputStream from) {
        try (var tree = machine.files().newTree(directory);
                var plain = new ZstdInputStreamNoFinalizer(from).setContinuous(true);
                var tar = new TarArchiveInputStream(plain)) {
            for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
                unpack(tar, entry, tree);
            }
            plain.transferTo(OutputStream.nullOutputStream());
            from.transferTo(OutputStream.nullOutputStream());
            tree.finish();
        } catch (IOException e) {
            throw IoProblem.damageOr("the base backup", directory, e);
        }
    }

    private void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, MachineFiles.NewTree tree)
            throws IOException {
        var to = directory.resolve(entry.getName()).normalize();
        if (!to.startsWith(directory) || entry.isLink() || entry.isSymbolicLink()) {
            throw new IOException("'" + entry.getName() + "' is no file or directory of a data directory");
        }
        var relative = directory.relativize(to);
        if (!entry.isDirectory()) {
            tree.file(relative, entry.getSize(), tar);
        } else if (!to.equals(directory)) {
            tree.directory(relative);
        }
    }

    /** Every file as the manifest has it, and all WAL from start to stop. */
    void verify() {
        var outcome = machine.program("pg_verifybackup", List.of(directory.toString()))
                .run();
        if (outcome.exitCode() != 0) {
            var wrong = WRONG.matcher(outcome.errors())
                    .results()
                    .map(error -> error.group(1))
                    .limit(TOLD)
                    .toList();
            throw CheckedStream.damaged("the base backup", String.join("; ", wrong));
        }
    }
}
