package io.pgbosun.host;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Objects in a bucket or container, by key, below the location's prefix (which no key here begins with). An object is there
 * whole or not at all, and is never replaced.
 *
 * <p>Every method throws a {@code Problem}: {@code unreachable} when the service does not answer after some tries,
 * {@code not-possible} when it refuses (credentials, no such bucket), with the service's own code and message; the secret is
 * in none of them.
 */
public interface ObjectStore {
    /** An object that is there. */
    record StoredObject(String key, long sizeBytes) {}

    /**
     * What was stored.
     *
     * @param sha256 of all its bytes, in lower-case hexadecimal
     */
    record Written(long sizeBytes, String sha256) {}

    /**
     * Stores all that the stream gives, in parts, with little memory however long it is; each part is sent with a checksum
     * and tried again when it fails. When it returns, the object is durable. A problem {@code already-exists} when there is
     * one with this key. When the stream fails, or the run of the current {@link Work} has ended, nothing is stored and no
     * part of it is left; after {@code unreachable} only {@link #find} and {@link #abandon} can tell and clean up.
     */
    Written put(String key, InputStream content);

    /**
     * Reads an object from its first byte; a problem {@code not-found} when there is none. Where the connection breaks it
     * is taken up again; what is wrong for good, or an end of the run, is a problem thrown by the stream. The caller closes
     * it.
     */
    InputStream open(String key);

    /** The object with this key. */
    Optional<StoredObject> find(String key);

    /** All objects whose keys begin so, by key. */
    List<StoredObject> list(String prefix);

    /** Removes an object; nothing happens when there is none. */
    void delete(String key);

    /** Ends uploads below a prefix that were begun and never ended, and frees what they hold; returns how many. */
    int abandon(String prefix);
}
