package io.pgbosun.adapter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pgbosun.host.Location;
import io.pgbosun.host.ObjectStore;
import io.pgbosun.host.ObjectStores;
import io.pgbosun.host.Spool;
import jakarta.inject.Singleton;

/**
 * Object stores at their locations, one for each. Connections and timers are shared by all of one protocol, so a store that
 * is forgotten here has nothing to close, and whoever still uses it is not disturbed.
 */
@Singleton
public final class RemoteObjects implements ObjectStores {
    private static final int MOST_LOCATIONS = 32;
    private static final int MEMORY_MIB = 64;

    private final Cache<Location, ObjectStore> stores =
            Caffeine.newBuilder().maximumSize(MOST_LOCATIONS).build();
    private final PartSpace space;

    /** Parts for which there is no memory wait in files of the spool. */
    RemoteObjects(Spool spool) {
        space = new PartSpace(spool.root().resolve("parts"), MEMORY_MIB);
    }

    @Override
    public ObjectStore at(Location.S3 location) {
        return stores.get(location, _ -> new S3Objects(location, space));
    }

    @Override
    public ObjectStore at(Location.AzureBlob location) {
        return stores.get(location, _ -> new AzureBlobs(location, space));
    }
}
