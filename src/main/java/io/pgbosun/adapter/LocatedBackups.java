package io.pgbosun.adapter;

import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.BackupPlaces;
import io.pgbosun.host.Location;
import io.pgbosun.host.ObjectStores;
import io.pgbosun.host.Spool;
import io.pgbosun.secret.BackupKeys;
import jakarta.inject.Singleton;

/** Backups in directories of this host and in object storage. */
@Singleton
public final class LocatedBackups implements BackupPlaces {
    private final ObjectStores stores;
    private final BackupKeys keys;
    private final Spool spool;

    LocatedBackups(ObjectStores stores, BackupKeys keys, Spool spool) {
        this.stores = stores;
        this.keys = keys;
        this.spool = spool;
        FileTree.remove(spool.root());
    }

    @Override
    public BackupFiles at(Location location, boolean encrypted) {
        var stored = switch (location) {
            case Location.Directory directory -> new FileBackupFiles(directory.path());
            case Location.S3 bucket -> new ObjectBackupFiles(stores.at(bucket), bucket, spool.root());
            case Location.AzureBlob container -> new ObjectBackupFiles(stores.at(container), container, spool.root());
        };
        return new EncryptedBackupFiles(stored, keys, spool.root(), encrypted);
    }
}
