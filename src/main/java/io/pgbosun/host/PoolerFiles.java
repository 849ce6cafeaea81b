package io.pgbosun.host;

import java.nio.file.Path;
import java.util.Optional;

/** Configuration files of poolers on this host. */
public interface PoolerFiles {
    /** What a file holds; empty when it is absent. */
    Optional<String> read(Path file);

    /** Replaces a file at once and durably; empty removes it. */
    void write(Path file, Optional<String> content);

    /** Refuses unless the file can be written, and what PgBouncer is configured by takes it in with {@code %include}. */
    void requireIncluded(Path file, Path by);
}
