package io.pgbosun.host;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The archived WAL of one cluster: segments, {@code .history}, {@code .backup} and {@code .partial} files, by PostgreSQL's names. */
public interface WalArchive {
    /**
     * One archived file.
     *
     * @param sizeBytes of what is stored, which may be compressed
     * @param walBytes of the WAL that it holds; none when it cannot be read, or is not of the place in the WAL that it must be
     */
    record WalFile(String name, long sizeBytes, long walBytes, Instant modifiedAt) {}

    /**
     * Which cluster wrote the WAL, as its segments say themselves.
     *
     * @param systemIdentifier as {@code pg_control_system()} has it
     * @param segmentBytes {@code wal_segment_size}
     */
    record Origin(String systemIdentifier, long segmentBytes) {}

    /** The directory that archived WAL is stored below, on the host of the cluster. */
    Path directory();

    /** Whether the directory is there. */
    boolean exists();

    /** Makes the directory; a problem when the repository that it belongs to is not there. */
    void make();

    /** Removes the directory when nothing is in it. */
    void removeEmpty();

    /** What is archived, ordered by name; nothing when the directory is absent. */
    List<WalFile> files();

    /** Whether a file of this name has arrived. */
    boolean has(String name);

    /** The bytes of a file that has arrived, as PostgreSQL wrote them; a problem when it is not there. */
    InputStream open(String name);

    /**
     * Stores a file as PostgreSQL wrote it, whole and durably or not at all; nothing happens when the same bytes are there already, and
     * other ones are never replaced.
     *
     * @return the SHA-256 of the bytes, in lower-case hexadecimal
     */
    String store(String name, InputStream content);

    /** The text of a small file, such as a timeline's history. */
    String read(String name);

    /**
     * Removes segments and what belongs to them, durably, in the order given; those that are gone already too. Never history
     * files and never the newest segment.
     */
    void remove(List<String> names);

    /** Who wrote the newest segment; empty while there is none. */
    Optional<Origin> origin();

    /** The last commit in the segments from the first to the last one, both of one timeline; empty when none is there. */
    Optional<WalCommit> lastCommit(String firstSegment, String lastSegment);

    /** For {@code restore_command} of a server on this host. */
    String restoreCommand();
}
