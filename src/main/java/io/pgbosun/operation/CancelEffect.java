package io.pgbosun.operation;

/** What cancelling leaves behind. */
public enum CancelEffect {
    /** Everything is as before. */
    SAFE,
    /** What was finished stays, such as the tables already vacuumed. */
    LEAVES_ARTIFACTS,
    /** Safe up to a point; from there on it is carried to its end. */
    POINT_OF_NO_RETURN
}
