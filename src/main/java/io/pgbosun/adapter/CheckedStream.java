package io.pgbosun.adapter;

import io.pgbosun.host.BackupFiles.Damage;
import io.pgbosun.host.BackupFiles.StoredFile;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** A stored file that is read: its end is reached only when all of it is what was stored, and while the run goes on. */
final class CheckedStream extends EndCheckedStream {
    private final StoredFile expected;
    private final MessageDigest digest = Checksum.newDigest();
    private long sizeBytes;

    CheckedStream(InputStream content, StoredFile expected) {
        super(content);
        this.expected = expected;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (Work.current().map(Work::ended).orElse(false)) {
            throw Problem.of(ProblemType.CANCELLED, "The run ended while " + expected.path() + " was read.");
        }
        int read = super.read(bytes, offset, length);
        if (read > 0) {
            digest.update(bytes, offset, read);
            sizeBytes += read;
        }
        return read;
    }

    @Override
    void look() {
        var sum = new Checksum(sizeBytes, HexFormat.of().formatHex(digest.digest()));
        sum.damage(expected).ifPresent(found -> {
            throw damaged(expected.path(), found);
        });
    }

    static Problem damaged(String path, String found) {
        return Problem.of(
                ProblemType.DAMAGED,
                "%s is damaged and was not restored: %s. Use another backup.".formatted(path, found),
                Map.of("damage", List.of(new Damage(path, found))));
    }
}
