package io.pgbosun.law;

/** The worlds that scenarios begin in. */
enum Base {
    /** A host and a repository, and nothing on them. */
    NOTHING,
    /** There is a data directory where the cluster {@code orders} would go. */
    TAKEN,
    /** The cluster {@code orders}: a primary, a standby, databases shop and empty; an index of shop is invalid. */
    CLUSTER,
    /** The cluster, and a pooler before it that leads to the primary. */
    POOLED,
    /** The same, but the pooler leads elsewhere. */
    MISLED,
    /** The same as pooled, but the pooler is paused and disabled. */
    HALTED,
    /** The same as the cluster, not registered. */
    UNREGISTERED,
    /** The same, registered and not provisioned. */
    REGISTERED,
    /** A primary and a standby that Patroni runs, and a pooler before them. */
    PATRONI,
    /** The same, but the pooler leads elsewhere. */
    PATRONI_MISLED,
    /** The same, but the leader is gone and nobody was made leader: it is in maintenance mode. */
    PATRONI_LEADERLESS,
    /** The cluster, and its primary has crashed. */
    CRASHED,
    /** The same after a failover: the standby is primary. */
    FAILED_OVER,
    /** The same, but the old primary takes writes again. */
    SPLIT,
    /** The cluster, a pooler before it, and the host of its primary does not answer. */
    HOST_DEAD,
    /** The cluster that was provisioned, stopped. */
    STOPPED,
    /** A primary and a standby whose archive_mode is off. */
    NOT_ARCHIVING,
    /** The cluster, and its WAL is archived. */
    ARCHIVED,
    /** The cluster, and pgBackRest archives its WAL. */
    STANZA,
    /** The same, with a full backup of pgBackRest. */
    SET,
    /** With one backup of everything. */
    BACKED_UP,
    /** With a physical backup. */
    COPIED,
    /** With one backup of everything, and the database shop is lost. */
    SHOP_LOST,
    /** With a backup of which a file was altered. */
    DAMAGED,
    /** With one backup of everything, and a drill has proven it. */
    PROVEN,
    /** Since then more than half of the rows of shop were deleted, and another backup was taken. */
    SHRUNK,
    /** With two backups of everything, and a policy that keeps one. */
    TOO_MANY,
    /** A cluster that archives, with two physical backups, WAL of before the first one, and a policy that keeps one. */
    OLD_WAL
}
