package io.pgbosun.adapter;

import io.pgbosun.host.BackupFiles.StoredFile;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What was read of a file, from its first byte to its last.
 *
 * @param sha256 in lower-case hexadecimal
 */
record Checksum(long sizeBytes, String sha256) {
    private static final int BUFFER_BYTES = 1024 * 1024;

    /** Ends with the run, also within a large file. */
    static Checksum of(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + " is not a regular file");
        }
        try (var content = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return of(content, file.toString());
        }
    }

    /** Of all that a stream gives; ends with the run. */
    static Checksum of(InputStream content, String name) throws IOException {
        var digest = newDigest();
        var buffer = new byte[BUFFER_BYTES];
        long size = 0;
        for (int length; (length = content.read(buffer)) >= 0; ) {
            digest.update(buffer, 0, length);
            size += length;
            if (Work.current().map(Work::ended).orElse(false)) {
                throw Problem.of(ProblemType.CANCELLED, "The run ended while " + name + " was read.");
            }
        }
        return new Checksum(size, HexFormat.of().formatHex(digest.digest()));
    }

    /** What is wrong with the file; empty when it is whole. The size is looked at first: it costs nothing. */
    static Optional<String> damage(Path path, StoredFile expected) {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of("missing");
        }
        try {
            long size = Files.size(path);
            return size == expected.sizeBytes() ? of(path).damage(expected) : new Checksum(size, "").damage(expected);
        } catch (IOException e) {
            return Optional.of("cannot be read: " + IoProblem.reason(e));
        }
    }

    /** What is wrong with what was read; empty when it is what was stored. */
    Optional<String> damage(StoredFile expected) {
        if (sizeBytes != expected.sizeBytes()) {
            return Optional.of("size " + sizeBytes + " instead of " + expected.sizeBytes());
        }
        return sha256.equals(expected.sha256()) ? Optional.empty() : Optional.of("checksum differs");
    }

    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
