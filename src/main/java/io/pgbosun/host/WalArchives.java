package io.pgbosun.host;

/** Gives the {@link WalArchive} of a cluster in the repository at a location; opens nothing by itself. */
public interface WalArchives {
    /**
     * A problem when WAL cannot be archived into such a repository.
     *
     * @param repository its name
     */
    WalArchive at(ArchiveMethod method, String repository, Location location, String cluster);
}
