package io.pgbosun.backup;

import io.pgbosun.backup.Reconcile.Disagreement;
import io.pgbosun.backup.Reconcile.Finding;
import io.pgbosun.backup.Reconcile.ReconcileResult;
import io.pgbosun.backup.StanzaReconciliation.StanzaLook;
import io.pgbosun.backup.StanzaReconciliation.Stranger;
import io.pgbosun.backup.StanzaReconciliation.Strangers;
import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.BackupFiles.Damage;
import io.pgbosun.host.Progress;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;

@Singleton
class ReconcileHandler implements OperationHandler<Reconcile, ReconcileResult> {
    private static final int MOST = 1_000;

    private final Repositories repositories;
    private final BackupStore backups;
    private final StoredBackup storedBackup;
    private final StanzaReconciliation strangers;

    ReconcileHandler(
            Repositories repositories, BackupStore backups, StoredBackup storedBackup, StanzaReconciliation strangers) {
        this.repositories = repositories;
        this.backups = backups;
        this.storedBackup = storedBackup;
        this.strangers = strangers;
    }

    @Override
    public void check(Target target, Reconcile spec, Checks checks) {
        var repository = repositories.get(target.id());
        checks.restsOn("path", repository.path());
    }

    @Override
    public ReconcileResult run(Target target, Reconcile spec, Steps steps) {
        var name = target.id();
        var imported = takeIn(name, steps);
        var result = steps.get(
                "compare it with the catalogue",
                ReconcileResult.class,
                new ReconcileResult(name, 0, 0, List.of(), imported),
                () -> compare(name, spec, steps, imported));
        if (!result.disagreements().isEmpty()) {
            steps.warn("%d of %d backups are whole; see the result for what does not agree."
                    .formatted(result.whole(), result.backups()));
        }
        return result;
    }

    private List<UUID> takeIn(String repository, Steps steps) {
        var found = steps.get("look for backups of pgbackrest", Strangers.class, () -> strangers.in(repository));
        if (!found.all().isEmpty()) {
            steps.act("take them into the catalogue", () -> strangers.takeIn(repository, found, steps.operation()));
        }
        return found.all().stream().map(Stranger::id).toList();
    }

    /** What is taken or removed meanwhile is no disagreement: the repository is looked at first, and its backups again. */
    private ReconcileResult compare(String repository, Reconcile spec, Steps steps, List<UUID> imported) {
        var files = repositories.files(repository);
        var there = files.list();
        var catalogue = backups.idsIn(repository);
        var found = new ArrayList<Disagreement>();
        var whole = 0;
        var stanzas = strangers.looker(repository, spec.manifestsOnly());
        for (var id : catalogue) {
            steps.progress(
                    new Progress("reading backups", whole + found.size(), catalogue.size(), "backups", "manifests"));
            var damage = backups.find(id)
                    .map(stored -> compare(files, stanzas, stored.manifest(), spec))
                    .orElse(List.of());
            whole += damage.isEmpty() ? 1 : 0;
            found.addAll(damage);
        }
        var known = new HashSet<>(catalogue);
        there.stream()
                .filter(id -> !known.contains(id) && !backups.isWorkedOn(id))
                .forEach(id -> unknown(files, id, found));
        return new ReconcileResult(
                repository, catalogue.size(), whole, found.stream().limit(MOST).toList(), imported);
    }

    private List<Disagreement> compare(BackupFiles files, StanzaLook stanzas, Manifest manifest, Reconcile spec) {
        var id = manifest.backup();
        var damage = manifest.set() != null ? stanzas.damage(manifest.set()) : damage(files, manifest, spec);
        if (damage.isEmpty() || backups.find(id).isEmpty()) {
            return List.of();
        }
        return damage.stream()
                .map(file -> new Disagreement(
                        id,
                        file.found().equals("missing") ? Finding.MISSING : Finding.ALTERED,
                        file.path(),
                        file.found()))
                .toList();
    }

    private List<Damage> damage(BackupFiles files, Manifest manifest, Reconcile spec) {
        return spec.manifestsOnly()
                ? storedBackup.ownDamage(files, manifest).stream().toList()
                : storedBackup.damage(files, manifest);
    }

    private void unknown(BackupFiles files, UUID id, List<Disagreement> found) {
        if (files.manifest(id).isPresent()) {
            if (backups.find(id).isEmpty()) {
                found.add(new Disagreement(id, Finding.UNKNOWN, null, files.place(id)));
            }
        } else if (files.list().contains(id) && !backups.isWorkedOn(id)) {
            found.add(new Disagreement(id, Finding.LEFT_OVER, null, files.place(id)));
        }
    }
}
