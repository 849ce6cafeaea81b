package io.pgbosun.cluster;

import java.nio.file.Path;

/**
 * An instance as it is registered.
 *
 * @param host the host whose programs run it, or null when pgbosun only connects to it
 * @param dataDirectory on that host, or null
 */
public record InstanceRecord(String name, String host, String address, int port, String dataDirectory) {
    /** Where its data is, on its host. */
    public Path directory() {
        return Path.of(dataDirectory);
    }

    /** The replication slot by which it follows a primary: slots take lower-case letters, digits and underscores alone. */
    public String slot() {
        return name.replace('-', '_');
    }
}
