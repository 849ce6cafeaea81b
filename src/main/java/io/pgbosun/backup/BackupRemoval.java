package io.pgbosun.backup;

import io.pgbosun.backup.BackupStore.Stored;
import io.pgbosun.host.PgBackRest.BackupSet;
import io.pgbosun.operation.Steps;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** How a backup is removed, alone or with others: its files first, so that nothing is left that nobody knows of. */
@Singleton
class BackupRemoval {
    private final BackupStore backups;
    private final Repositories repositories;
    private final Stanzas stanzas;

    BackupRemoval(BackupStore backups, Repositories repositories, Stanzas stanzas) {
        this.backups = backups;
        this.repositories = repositories;
        this.stanzas = stanzas;
    }

    /**
     * Removes one, past the point of no return.
     *
     * @param files what its files are called in the name of a step
     * @param it what it is called there
     * @param forget takes it from the catalogue
     */
    void remove(Steps steps, UUID id, String repository, String files, String it, Runnable forget) {
        steps.ensure("remove " + files, () -> isGone(repository, id), () -> removeFiles(repository, id));
        steps.ensure(
                "remove " + it + " from the catalogue", () -> backups.find(id).isEmpty(), forget);
    }

    /** What pgBackRest stores it removes by itself. */
    private void removeFiles(String repository, UUID id) {
        var set = set(id);
        if (set.isPresent()) {
            stanzas.of(repository, set.get().stanza()).expire(set.get().label());
        } else {
            repositories.files(repository).remove(id);
        }
    }

    /** The labels of backups of pgBackRest that would go with this one, and that the catalogue does not know. */
    List<String> unknownNeeding(UUID id) {
        return unknownNeeding(backups.find(id).stream().toList()).getOrDefault(id, List.of());
    }

    /** The same for each of some backups that has any; each stanza is asked once. */
    Map<UUID, List<String>> unknownNeeding(Collection<Stored> some) {
        var unknown = new HashMap<Stanza, List<BackupSet>>();
        var needing = new HashMap<UUID, List<String>>();
        for (var stored : some) {
            var set = stored.manifest().set();
            if (set != null) {
                var stanza = new Stanza(stored.backup().repository(), set.stanza());
                var labels = unknown.computeIfAbsent(stanza, this::unknown).stream()
                        .filter(other -> other.references().contains(set.label()))
                        .map(BackupSet::label)
                        .toList();
                needing.put(stored.backup().id(), labels);
            }
        }
        needing.values().removeIf(List::isEmpty);
        return needing;
    }

    private record Stanza(String repository, String name) {}

    private List<BackupSet> unknown(Stanza stanza) {
        var known = backups.labelsOf(stanza.repository(), stanza.name()).values();
        return stanzas.of(stanza.repository(), stanza.name()).backups().stream()
                .filter(set -> !known.contains(set.label()))
                .toList();
    }

    /** Whether pgBackRest would not remove it. */
    boolean isOnlyFull(UUID id) {
        return backups.find(id)
                .filter(stored -> stored.manifest().set() != null)
                .filter(stored -> PgBackRestRunbook.isOnlyFull(
                        stanzas.of(stored), stored.manifest().set()))
                .isPresent();
    }

    private Optional<BackupSet> set(UUID id) {
        return backups.find(id).map(stored -> stored.manifest().set());
    }

    private boolean isGone(String repository, UUID id) {
        var set = set(id);
        if (set.isPresent()) {
            return stanzas.of(repository, set.get().stanza())
                    .find(set.get().label())
                    .isEmpty();
        }
        var files = repositories.files(repository);
        return files.manifest(id).isEmpty() && !files.staged(id);
    }
}
