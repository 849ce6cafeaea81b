package io.pgbosun.backup;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.DatabaseFacts;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Server;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.Steps;
import io.pgbosun.store.Json;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What all ways to take a backup have in common: where from, whether there is room, and how it becomes known. */
@Singleton
class Publication {
    private final Topology topology;
    private final Repositories repositories;
    private final BackupStore backups;
    private final StoredBackup storedBackup;
    private final Json json;

    Publication(
            Topology topology, Repositories repositories, BackupStore backups, StoredBackup storedBackup, Json json) {
        this.topology = topology;
        this.repositories = repositories;
        this.backups = backups;
        this.storedBackup = storedBackup;
        this.json = json;
    }

    Endpoint source(ClusterRecord cluster, TakeBackup spec) {
        return spec.source() == TakeBackup.Source.PRIMARY
                ? topology.primaryEndpoint(cluster)
                : topology.standbyOrPrimary(cluster);
    }

    void checkRepository(TakeBackup spec, Checks checks) {
        checks.need(
                "repository is known",
                repositories.find(spec.repository()).isPresent(),
                spec.repository(),
                "a registered repository",
                "List them with GET /v1/repositories.");
    }

    /** Whether there is room in the repository for these databases. */
    void checkSpace(TakeBackup spec, List<DatabaseFacts> databases, Checks checks) {
        var bytes = databases.stream().mapToLong(DatabaseFacts::sizeBytes).sum();
        checks.needsDisk(bytes);
        repositories
                .find(spec.repository())
                .flatMap(to -> repositories.files(to.name()).freeBytes().stream()
                        .boxed()
                        .findFirst())
                .ifPresent(free -> checks.want(
                        "space in the repository",
                        free > bytes,
                        free + " bytes free",
                        "more than the " + bytes + " bytes of the databases",
                        "Free some space, or use another repository."));
    }

    /** Neither program's physical backups can hold any. */
    void checkTablespaces(Server server, Checks checks) {
        var tablespaces = server.tablespaces();
        checks.need(
                "no tablespaces of its own",
                tablespaces.isEmpty(),
                tablespaces,
                "none",
                "Move what is in them to pg_default, or take a LOGICAL backup.");
    }

    /**
     * Makes what is kept a backup, reads it again, and records it.
     *
     * @param planned what a preview shows in its place
     * @param manifest what the backup says of itself
     */
    Manifest publish(
            Steps steps,
            BackupFiles files,
            Manifest planned,
            Supplier<Manifest> manifest,
            Map<String, String> labels,
            String repository) {
        var id = steps.operation();
        var published = steps.obtain(
                "publish it",
                Manifest.class,
                planned,
                () -> files.manifest(id).map(text -> json.load(text, Manifest.class)),
                () -> files.publish(id, json.store(manifest.get())),
                () -> files.remove(id));
        steps.act("read it again", () -> storedBackup.verify(files, published));
        record(steps, published, labels, repository);
        return published;
    }

    void record(Steps steps, Manifest manifest, Map<String, String> labels, String repository) {
        var id = manifest.backup();
        steps.ensure(
                "record it in the catalogue",
                () -> backups.find(id).isPresent(),
                () -> backups.insert(manifest, labels, repository),
                () -> backups.delete(id));
    }
}
