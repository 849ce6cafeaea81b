package io.pgbosun.adapter;

import io.pgbosun.host.ObjectStore.Written;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;

/**
 * A stream read in parts, with the checksum of the whole. Parts grow as they go on, because a store takes only so many of
 * them and nobody knows beforehand how long a stream is.
 */
final class Parts {
    static final long PART_BYTES = 8L * PartSpace.MIB;

    /** What Azure takes as one block; S3 takes a little more. */
    private static final long LARGEST_BYTES = 4000L * PartSpace.MIB;

    private static final int GROWTHS = 10;
    private static final int BUFFER_BYTES = 64 * 1024;

    private final String object;
    private final InputStream content;
    private final PartSpace space;
    private final int most;
    private final MessageDigest whole = digest("SHA-256");
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int held;
    private boolean ended;
    private int number;
    private long sizeBytes;

    /**
     * Reads nothing yet.
     *
     * @param object what is made of them, for problems
     * @param most so many parts the store takes
     */
    Parts(String object, InputStream content, PartSpace space, int most) {
        this.object = object;
        this.content = content;
        this.space = space;
        this.most = most;
    }

    /** The next part, for whoever closes it; the first may be empty, and none follows the one that is the last. */
    Part next() {
        if (++number > most) {
            throw Problem.notPossible(object + " is larger than the " + sizeBytes + " bytes that fit.");
        }
        long limit = sizeOf(number, most);
        var room = space.room(limit);
        Part part = null;
        try {
            part = read(room, limit);
            return part;
        } finally {
            if (part == null) {
                room.close();
            }
        }
    }

    private Part read(PartRoom room, long limit) {
        var md5 = digest("MD5");
        long size = 0;
        while (size < limit && more()) {
            int length = (int) Math.min(held, limit - size);
            room.add(buffer, start, length);
            md5.update(buffer, start, length);
            whole.update(buffer, start, length);
            start += length;
            held -= length;
            size += length;
        }
        sizeBytes += size;
        return new Part(number, room, size, Base64.getEncoder().encodeToString(md5.digest()), !more());
    }

    /** Whether there are bytes, in the buffer or behind it. A program that was ended with the run looks like an end. */
    private boolean more() {
        if (held == 0 && !ended) {
            goOn();
            try {
                held = Math.max(content.read(buffer), 0);
            } catch (IOException e) {
                goOn();
                throw failed(e);
            }
            goOn();
            start = 0;
            ended = held == 0;
        }
        return held > 0;
    }

    /** A problem when the run has ended. */
    void goOn() {
        if (StoreProblem.runEnded()) {
            throw StoreProblem.ended(object + " is not stored");
        }
    }

    private Problem failed(IOException e) {
        var reason = IoProblem.reason(e);
        return Problem.of(
                ProblemType.PROGRAM_FAILED,
                object + " cannot be stored, its content cannot be read: " + reason + ".",
                Map.of("object", object, "reason", reason),
                e);
    }

    /** All that was read. */
    Written written() {
        return new Written(sizeBytes, HexFormat.of().formatHex(whole.digest()));
    }

    /** The size doubles ten times on the way. */
    static long sizeOf(int number, int most) {
        return Math.min(PART_BYTES << ((number - 1) / (most / GROWTHS)), LARGEST_BYTES);
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
