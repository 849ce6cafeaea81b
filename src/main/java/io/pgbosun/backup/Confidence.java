package io.pgbosun.backup;

/** How sure it is that a backup can be restored; each level includes those before. */
public enum Confidence {
    /** It was taken, and its tool said it went well. */
    RECORDED,
    /** Every stored file was read again and has the checksum of the manifest. */
    CHECKSUMMED,
    /** The WAL it needs is complete; a logical backup needs none. */
    WAL_COMPLETE,
    /** A drill has restored it. */
    RESTORED,
    /** A drill has restored it and every assertion on its content held. */
    ASSERTED
}
