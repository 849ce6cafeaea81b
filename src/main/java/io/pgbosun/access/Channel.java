package io.pgbosun.access;

/** The door a request came through. */
public enum Channel {
    REST,
    GRPC,
    CHAT,
    SCHEDULE
}
