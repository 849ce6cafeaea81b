package io.pgbosun.host;

import java.time.Duration;
import java.time.Instant;

/**
 * A client that writes to a server whose data is thrown away, to tell what its end costs: it commits numbered rows into a table
 * of its own, one after the other, and knows which were acknowledged.
 */
public interface WriteProbe {
    /**
     * Makes the table anew, and writes until the server takes no more.
     *
     * @param lasting how long it writes before anything happens
     * @param then ends the server, while it is written to
     */
    Acknowledged write(Endpoint server, Duration lasting, Runnable then);

    /** Commits one row that was not counted, also when it is there already. */
    void writeOne(Endpoint server);

    /** How many of the rows up to this number are there. */
    long count(Endpoint server, long upTo);

    /**
     * What the server has acknowledged: rows 1 to so many.
     *
     * @param last when the last of them was; when the writing began if none was
     */
    record Acknowledged(long rows, Instant last) {}
}
