package io.pgbosun.backup;

import io.pgbosun.backup.Backup.Evidence;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.host.BackupFiles.Damage;
import io.pgbosun.host.PgBackRest.BackupSet;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What the catalogue and the stanzas of a repository know of each other. */
@Singleton
class StanzaReconciliation {
    private static final long VERSION_7 = 0x7000L;

    private final Stanzas stanzas;
    private final BackupStore backups;
    private final ClusterStore clusters;
    private final Clock clock;

    StanzaReconciliation(Stanzas stanzas, BackupStore backups, ClusterStore clusters, Clock clock) {
        this.stanzas = stanzas;
        this.backups = backups;
        this.clusters = clusters;
        this.clock = clock;
    }

    /** A backup that the catalogue does not know. */
    record Stranger(UUID id, List<String> databases, BackupSet set) {}

    /** All of them, each after those that it needs. */
    record Strangers(List<Stranger> all) {}

    Strangers in(String repository) {
        var found = new ArrayList<Stranger>();
        for (var name : stanzas.in(repository)) {
            var stanza = stanzas.of(repository, name);
            var known = backups.labelsOf(repository, name).values();
            for (var set : stanza.backups()) {
                var id = id(repository, set);
                if (!known.contains(set.label()) && !backups.isWorkedOn(id)) {
                    found.add(new Stranger(id, stanza.databases(set.label()), set));
                }
            }
        }
        return new Strangers(found);
    }

    /** The one that we gave it; else one that sorts by its time, and is the same each time. */
    private static UUID id(String repository, BackupSet set) {
        if (set.backup() != null) {
            return set.backup();
        }
        var name = UUID.nameUUIDFromBytes(
                "%s/%s/%s".formatted(repository, set.stanza(), set.label()).getBytes(StandardCharsets.UTF_8));
        var high = set.endTime().toEpochMilli() << 16 | VERSION_7 | name.getMostSignificantBits() & 0xFFFL;
        return new UUID(high, name.getLeastSignificantBits());
    }

    void takeIn(String repository, Strangers found, UUID operation) {
        for (var stranger : found.all()) {
            var set = stranger.set();
            var cluster = clusters.find(set.stanza());
            var manifest =
                    PgBackRestRunbook.manifest(stranger.id(), set.stanza(), stranger.databases(), "pgbackrest", 0, set);
            backups.insertFound(
                    manifest,
                    cluster.map(known -> known.cluster().labels()).orElse(Map.of()),
                    repository,
                    new Evidence(Confidence.RECORDED, now(), operation, "pgbackrest info tells of it"));
        }
    }

    private Instant now() {
        return clock.instant();
    }

    StanzaLook looker(String repository, boolean infoOnly) {
        return new StanzaLook(repository, infoOnly);
    }

    /** Looks at each stanza once. */
    final class StanzaLook {
        private final String repository;
        private final boolean infoOnly;
        private final Map<String, Map<String, List<Damage>>> seen = new HashMap<>();

        private StanzaLook(String repository, boolean infoOnly) {
            this.repository = repository;
            this.infoOnly = infoOnly;
        }

        /** What is wrong with a backup of the catalogue. */
        List<Damage> damage(BackupSet set) {
            return seen.computeIfAbsent(set.stanza(), this::look)
                    .getOrDefault(set.label(), List.of(new Damage(set.label(), "missing")));
        }

        private Map<String, List<Damage>> look(String name) {
            var stanza = stanzas.of(repository, name);
            if (!infoOnly && stanza.hasStanza()) {
                return stanza.verify();
            }
            var there = new HashMap<String, List<Damage>>();
            stanza.backups().forEach(set -> there.put(set.label(), List.of()));
            return there;
        }
    }
}
