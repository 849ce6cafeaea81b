package io.pgbosun.host;

/** Gives the {@link BackupFiles} of the repository at a location; opens nothing by itself. */
public interface BackupPlaces {
    /**
     * What is there.
     *
     * @param encrypted whether files that are stored from now on are encrypted; those that are there are read as they are
     */
    BackupFiles at(Location location, boolean encrypted);
}
