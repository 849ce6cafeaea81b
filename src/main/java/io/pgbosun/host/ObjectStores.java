package io.pgbosun.host;

/** Gives the {@link ObjectStore} at a location that has one; opens nothing by itself. */
public interface ObjectStores {
    /** At a bucket of S3. */
    ObjectStore at(Location.S3 location);

    /** At a container of Azure Blob Storage. */
    ObjectStore at(Location.AzureBlob location);
}
