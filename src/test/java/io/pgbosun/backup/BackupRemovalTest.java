package io.pgbosun.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgbosun.backup.BackupStore.Stored;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.PgBackRest;
import io.pgbosun.host.PgBackRest.BackupSet;
import io.pgbosun.host.PgBackRest.SetType;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BackupRemovalTest {
    private final Map<String, List<BackupSet>> told = new HashMap<>();
    private final Map<UUID, String> known = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final BackupRemoval removal = new BackupRemoval(catalogue(), null, stanzas());

    private BackupStore catalogue() {
        return new BackupStore(null, null, null, null) {
            @Override
            Map<UUID, String> labelsOf(String repository, String stanza) {
                return known;
            }
        };
    }

    private Stanzas stanzas() {
        return new Stanzas(null, null) {
            @Override
            PgBackRest of(String repository, String cluster) {
                return (PgBackRest) Proxy.newProxyInstance(
                        PgBackRest.class.getClassLoader(), new Class<?>[] {PgBackRest.class}, (proxy, method, args) -> {
                            asked.add(method.getName() + " of " + repository + "/" + cluster);
                            return told.get(cluster);
                        });
            }
        };
    }

    private static BackupSet set(String stanza, String label, String... references) {
        var nowhere = new Lsn(0);
        var time = Instant.EPOCH;
        return new BackupSet(
                stanza, label, SetType.INCR, List.of(references), null, 15, 1, nowhere, nowhere, "", "", time, time, 1);
    }

    /** One that the catalogue knows. */
    private Stored stored(String stanza, String label) {
        var id = UUID.randomUUID();
        known.put(id, label);
        var set = stanza == null ? null : set(stanza, label);
        var time = Instant.EPOCH;
        var manifest = new Manifest(
                id,
                "c",
                Backup.Type.PHYSICAL,
                null,
                false,
                true,
                List.of(),
                "",
                0,
                new Lsn(0),
                time,
                time,
                null,
                List.of(),
                set);
        var backup = new Backup(
                id,
                "c",
                "r",
                Backup.Type.PHYSICAL,
                null,
                Confidence.RECORDED,
                List.of(),
                List.of(),
                false,
                true,
                1,
                "",
                "15",
                "0/0",
                null,
                null,
                label,
                null,
                List.of(),
                null,
                time,
                time,
                null,
                null);
        return new Stored(backup, Map.of(), manifest, Set.of());
    }

    @Test
    void a_stanza_is_asked_once_however_many_of_its_backups_go_and_others_are_not_asked_for() {
        var going = List.of(
                stored("one", "1F"),
                stored("one", "1F_2I"),
                stored("one", "1F_3I"),
                stored("two", "4F"),
                stored(null, "dump"));
        told.put("one", List.of(set("one", "1F"), set("one", "1F_2I", "1F"), set("one", "1F_3I", "1F", "1F_2I")));
        told.put("two", List.of(set("two", "4F")));
        assertEquals(Map.of(), removal.unknownNeeding(going), "the catalogue knows all that would go along");
        assertEquals(List.of("backups of r/one", "backups of r/two"), asked);
    }

    @Test
    void what_the_catalogue_does_not_know_is_named_by_what_it_needs() {
        var full = stored("one", "1F");
        var incremental = stored("one", "1F_2I");
        told.put("one", List.of(set("one", "1F"), set("one", "1F_2I", "1F"), set("one", "1F_9D", "1F")));
        assertEquals(Map.of(full.backup().id(), List.of("1F_9D")), removal.unknownNeeding(List.of(full, incremental)));
    }
}
