package io.pgbosun.host;

/** What stores the WAL of a cluster in its archive. */
public enum ArchiveMethod {
    /** Our script, which stores each segment as it is. */
    SCRIPT,
    /** {@code pgbackrest archive-push}, into the stanza of the cluster. */
    PGBACKREST
}
