package io.pgbosun.backup;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.secret.BackupKeys;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The ring of keys that backups are encrypted with, as far as anybody may see it: never the keys themselves. */
@Singleton
public class KeyRing {
    private final BackupKeys keys;
    private final Store store;
    private final AuditTrail audit;

    KeyRing(BackupKeys keys, Store store, AuditTrail audit) {
        this.keys = keys;
        this.store = store;
        this.audit = audit;
    }

    /** A key of the ring. */
    @Schema(description = "A key of the ring that backups are encrypted with.")
    public record BackupKey(
            long id,

            @Schema(description = "Whether backups are encrypted with it from now on; all decrypt.")
            boolean current) {}

    /** All keys of the ring. */
    @Schema(description = "All keys of the ring, the oldest first.")
    public record BackupKeyList(List<BackupKey> items) {}

    public BackupKeyList list(Caller caller) {
        caller.requireSomewhere(Permission.REPOSITORY_READ);
        return new BackupKeyList(keys.list().stream()
                .map(key -> new BackupKey(key.id(), key.current()))
                .toList());
    }

    /** Adds a key, with which backups are encrypted from now on. */
    public BackupKey rotate(Caller caller) {
        caller.require(Permission.REPOSITORY_WRITE);
        var id = keys.rotate();
        store.inTx(tx -> audit.write(tx, caller, "backup-key.rotate", "backup-keys/" + id, null, Map.of()));
        return new BackupKey(id, true);
    }
}
