package io.pgbosun.host;

import java.io.InputStream;
import java.util.List;
import java.util.Map;

/**
 * WAL of a server on a host that its archive is not on. It is fetched from there, and answered for: the server's
 * {@code archive_command} ends well only for a file that was answered with the checksum that it has.
 */
public interface WalHandover {
    /**
     * What the server wants archived and keeps until it is, in the order in which its archiver asks for it; none when it has no data
     * directory. Told of a server that does not run as well.
     */
    List<String> ready();

    /** The bytes of one of them; the end is reached only when all of it was read. */
    InputStream open(String name);

    /** What was answered last; nothing when it never was. */
    Map<String, String> answers();

    /**
     * Replaces the answers, at once and durably.
     *
     * @param answers for each file the SHA-256 of what is archived under its name, in lower-case hexadecimal, or else in one line
     *     why nothing is
     */
    void answer(Map<String, String> answers);
}
