package io.pgbosun.doctor;

import io.pgbosun.backup.Repositories;
import io.pgbosun.cluster.Scratch;
import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.Location;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Traces;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Files and directories that nobody owns any more, and such as are missed. */
@Singleton
class FilesLeft {
    private static final int MOST_BACKUPS = 10_000;

    private final Store store;
    private final Traces traces;
    private final PgPrograms programs;
    private final Repositories repositories;
    private final Scratch scratch;
    private final ActiveWork active;

    FilesLeft(
            Store store,
            Traces traces,
            PgPrograms programs,
            Repositories repositories,
            Scratch scratch,
            ActiveWork active) {
        this.store = store;
        this.traces = traces;
        this.programs = programs;
        this.repositories = repositories;
        this.scratch = scratch;
        this.active = active;
    }

    void examine(Examination examination) {
        scratch(examination);
        repositories.locations().forEach((name, location) -> repository(name, location, examination));
        store.query("select name, data_root from host where driver = 'LOCAL' order by name").stream()
                .filter(row -> programs.exists(Path.of(row.text("data_root"))))
                .forEach(row -> host(row, examination));
    }

    private void scratch(Examination examination) {
        for (var directory : traces.entries(scratch.root())) {
            examination.examined(1);
            // a server's log lies beside its data directory
            var owner = directory.toString().replaceAll("[.](log|initdb-tmp|basebackup-tmp)$", "");
            if (!active.mentions(owner) && programs.exists(directory)) {
                examination.fail(
                        directory.toString(),
                        "It is a scratch instance, and no operation is at work on it.",
                        "Stop the server in it, if one runs (pg_ctl -D %1$s stop), and remove it: rm -r %1$s"
                                .formatted(directory));
            }
        }
        for (var file : traces.entries(scratch.root().toAbsolutePath().getParent())) {
            if (file.getFileName().toString().matches("[.](new|keys)\\d+")) {
                examination.fail(file.toString(), "A service died while it wrote it.", "Remove it: rm " + file);
            }
        }
    }

    private void repository(String name, Location location, Examination examination) {
        try {
            var files = repositories.files(name);
            var there = new HashSet<>(files.list());
            examination.examined(there.size());
            there.forEach(id -> stored(files, location, id, examination));
            recorded(name, files, location, there, examination);
            if (location instanceof Location.Directory directory) {
                traces.entries(directory.path()).stream()
                        .filter(file -> file.getFileName().toString().startsWith(".probe-"))
                        .forEach(file -> examination.fail(
                                file.toString(),
                                "A service died while it probed the repository.",
                                "Remove it: rm " + file));
            }
        } catch (Problem problem) {
            examination.warn(
                    "repositories/" + name,
                    problem.detail(),
                    "See that " + location.display() + " is there and that the service may read it.");
        }
    }

    private void stored(BackupFiles files, Location location, UUID id, Examination examination) {
        if (active.isAtBackup(id)) {
            return;
        }
        var place = files.place(id);
        if (files.staged(id)) {
            examination.fail(place, "It is a part of a backup that nobody takes any more.", removal(location, place));
        } else if (store.one("select 1 from backup where id = $1", id).isEmpty()
                && files.list().contains(id)) {
            examination.warn(
                    place,
                    "It is a backup that is not in the catalogue.",
                    "When another installation uses this repository, give each its own; else, when nobody needs it: "
                            + removal(location, place));
        }
    }

    private static String removal(Location location, String place) {
        return switch (location) {
            case Location.Directory directory -> "Remove it: rm -r " + place;
            case Location.S3 bucket -> "Remove the objects whose keys begin so, with a client of S3.";
            case Location.AzureBlob container -> "Remove the blobs whose names begin so, with a client of Azure.";
        };
    }

    private void recorded(String name, BackupFiles files, Location location, Set<UUID> there, Examination examination) {
        store
                .query(
                        "select id from backup where repository = $1 and manifest->'set'->>'label' is null order by id desc limit "
                                + MOST_BACKUPS,
                        name)
                .stream()
                .map(row -> row.uuid("id"))
                .filter(id -> !there.contains(id) && !active.isAtBackup(id))
                .filter(id -> files.manifest(id).isEmpty())
                .forEach(id -> examination.fail(
                        "backups/" + id,
                        "It is in the catalogue, but not in " + location.display() + ".",
                        "Bring it back from a copy of the repository, or forget it: ./pgbosun backups delete " + id));
    }

    private void host(Row host, Examination examination) {
        var known = store
                .query(
                        "select data_directory from instance where host = $1 and data_directory is not null",
                        host.text("name"))
                .stream()
                .map(row -> row.text("data_directory"))
                .collect(Collectors.toSet());
        examination.examined(known.size());
        for (var directory : known) {
            if (!programs.exists(Path.of(directory)) && !active.mentions(directory)) {
                examination.fail(
                        directory,
                        "It is the data directory of an instance, and is not there.",
                        "See that its disk is mounted; restore the cluster from a backup when it is lost.");
            }
        }
        for (var cluster : traces.entries(Path.of(host.text("data_root")))) {
            for (var directory : traces.entries(cluster)) {
                directory(directory, cluster.getFileName().toString(), known, examination);
            }
        }
    }

    private void directory(Path directory, String cluster, Set<String> known, Examination examination) {
        var halfMade = directory.toString().matches(".*[.](initdb|basebackup)-tmp");
        if (known.contains(directory.toString()) || !halfMade && !programs.initialized(directory)) {
            return;
        }
        examination.examined(1);
        if (active.mentions(directory.toString().replaceAll("[.](initdb|basebackup)-tmp$", ""))
                || !programs.exists(directory)) {
            return;
        }
        if (halfMade) {
            examination.fail(
                    directory.toString(),
                    "It is a data directory that was never finished.",
                    "Remove it: rm -r " + directory);
        } else if (!programs.running(directory) && !deregistered(cluster)) {
            examination.warn(
                    directory.toString(),
                    "It is a data directory of no instance, and no server runs in it.",
                    "When nobody needs its data, remove it: rm -r " + directory);
        }
    }

    /** What is deregistered keeps its data. */
    private boolean deregistered(String cluster) {
        return store.one(
                        "select 1 from operation where target = $1 and kind = 'deregister' and state = 'SUCCEEDED' limit 1",
                        "clusters/" + cluster)
                .isPresent();
    }
}
