package io.pgbosun.host;

/**
 * Hosts that are reached by SSH (RFC 4251 to 4254). Connections are kept and shared; one that was lost is made anew with the next
 * call. What takes long there (a base backup, {@code pg_rewind}) goes on when the connection is lost or the service dies: the same
 * step of the same operation finds it again instead of starting it twice.
 */
public interface SshHosts {
    /** The programs of a host; nothing is connected before the first call. */
    HostPrograms at(SshLogin login);
}
