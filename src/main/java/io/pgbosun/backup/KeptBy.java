package io.pgbosun.backup;

/** What keeps a backup. */
public enum KeptBy {
    KEEP_LAST,
    HOURLY,
    DAILY,
    WEEKLY,
    MONTHLY,
    YEARLY,
    /** It is too young to go. */
    MINIMUM_AGE,
    /** The newest one of its cluster that a drill has proven never goes. */
    NEWEST_ASSERTED,
    /** A person wants it kept. */
    HELD,
    /** One that is kept cannot be restored without it. */
    NEEDED
}
