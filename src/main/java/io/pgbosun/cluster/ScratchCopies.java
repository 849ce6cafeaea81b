package io.pgbosun.cluster;

import io.pgbosun.operation.Checks;
import io.pgbosun.operation.Steps;

/** Copies of a whole server that are thrown away; provided by the feature that has its backups. */
public interface ScratchCopies {
    /**
     * Looks at whether there is a backup of which one can be made.
     *
     * @param copies how many will be on the disk
     */
    void check(String cluster, int copies, Checks checks);

    /** Chooses the newest physical backup and a place; to be read once in an operation. */
    ScratchCopy choose(String cluster);

    /** Recovers it with all the WAL that is archived since, apart from all others; taken back, nothing of it is there. */
    void restore(Steps steps, ScratchCopy copy);
}
