package io.pgbosun.host;

import java.util.List;
import java.util.Optional;

/** Gives the {@link PgBackRest} of a stanza in a repository; starts nothing by itself. */
public interface PgBackRests {
    /** The version of the program, such as 2.45; empty when it is not installed. */
    Optional<String> version();

    /**
     * A stanza, whether or not it is there; a problem when the repository is not a directory.
     *
     * @param repository its name, for the configuration file
     */
    PgBackRest at(String repository, Location location, String stanza);

    /** The stanzas that are in a repository; none where there can be none. */
    List<String> stanzas(Location location);
}
