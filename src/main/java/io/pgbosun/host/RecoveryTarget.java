package io.pgbosun.host;

/**
 * Up to where WAL is replayed, in the words of {@code recovery_target_*} (PostgreSQL's manual, section 20.5.6).
 *
 * @param value a time with its offset, an LSN, a transaction id or the name of a restore point; null for IMMEDIATE and LATEST
 * @param inclusive whether what is at the target is replayed too; counts for TIME, LSN and XID
 * @param timeline to follow; null for the latest one
 */
public record RecoveryTarget(Type type, String value, boolean inclusive, Integer timeline) {
    public static final RecoveryTarget IMMEDIATE = new RecoveryTarget(Type.IMMEDIATE, null, true, null);

    /** What a target is given as. */
    public enum Type {
        /** As soon as the data are consistent: the end of the base backup. */
        IMMEDIATE,
        TIME,
        LSN,
        XID,
        NAME,
        /** All the WAL that is there. */
        LATEST
    }
}
