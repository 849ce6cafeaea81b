package io.pgbosun.host;

/** Gives the {@link BackupFiles} of the repository at a location; opens nothing by itself. */
public interface BackupPlaces {
    BackupFiles at(Location location);
}
