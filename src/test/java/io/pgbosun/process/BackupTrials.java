package io.pgbosun.process;

import io.pgbosun.process.KillTrials.Trial;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What makes, proves, uses and removes backups, for one way of storing them; each trial prepares what it needs, so that it
 * can be made alone and again.
 *
 * @param kept the backup of the cluster {@code kept}, stored this way, that is proven and restored
 * @param stay the backups of that cluster that are kept, of all ways
 */
record BackupTrials(Service service, String repository, String engine, String kept, Set<String> stay) {
    static final String KEPT = "kept";
    static final String SPARE = "spare";
    private static final String COPIED = "/v1/clusters/copied";

    /** One kind; it is ready once it was prepared. */
    record Unprepared(String kind, String way, Supplier<Trial> prepared) {
        @Override
        public String toString() {
            return kind + ", " + way;
        }
    }

    Stream<Unprepared> all() {
        var physical = engine.equals("PG_BASEBACKUP");
        return Stream.of(
                unprepared("backup", this::backup),
                unprepared("drill", this::drill),
                physical ? unprepared("recover", this::recover) : unprepared("restore", this::restore),
                unprepared("expire", this::expire),
                unprepared("delete-backup", this::deleteBackup));
    }

    private Unprepared unprepared(String kind, Supplier<Trial> prepared) {
        return new Unprepared(kind, repository + " " + engine, prepared);
    }

    private Rest rest() {
        return service.rest();
    }

    private Trial backup() {
        removeOthers();
        var before = backups(KEPT).size();
        return new Trial(
                "backup",
                engine.equals("PG_DUMP") ? 14 : 16,
                () -> rest().post("/v1/clusters/kept/backups", body()),
                () -> backups(KEPT).size() == before + 1);
    }

    private String body() {
        var format = engine.equals("PG_DUMP") ? ",'format':'DIRECTORY','jobs':2" : "";
        return "{'repository':'%s','engine':'%s'%s}".formatted(repository, engine, format);
    }

    static BackupTrials of(Service service, String repository, String engine, Set<String> stay) {
        var kept = new BackupTrials(service, repository, engine, null, stay).take(KEPT);
        stay.add(kept);
        return new BackupTrials(service, repository, engine, kept, stay);
    }

    private String take(String cluster) {
        return rest().succeed("/v1/clusters/" + cluster + "/backups", body()).getString("result.backup");
    }

    /** What earlier trials have made beside what is kept. */
    private void removeOthers() {
        for (var backup : backups(KEPT)) {
            var id = backup.get("id").toString();
            if (!stay.contains(id)) {
                rest().succeeded(rest().delete("/v1/backups/" + id).started());
            }
        }
    }

    private List<Map<String, Object>> backups(String cluster) {
        return rest().get("/v1/clusters/" + cluster + "/backups?pageSize=500")
                .json()
                .getList("items");
    }

    private Trial drill() {
        var before = drills();
        return new Trial(
                "drill",
                engine.equals("PG_DUMP") ? 24 : 18,
                () -> rest().post(
                                "/v1/clusters/kept/drills",
                                "{'backup':'%s','assertions':[{'type':'ROW_COUNT','database':'shop','table':'pgbench_accounts','atLeast':100000}]}"
                                        .formatted(kept)),
                () -> drills() == before + 1 && "ASSERTED".equals(confidence()));
    }

    private int drills() {
        return rest().get("/v1/clusters/kept/drills?pageSize=500")
                .json()
                .getList("items")
                .size();
    }

    private String confidence() {
        return rest().get("/v1/backups/" + kept).json().getString("confidence");
    }

    private Trial restore() {
        new Superuser(service, KEPT).dropLike("shop\\_before\\_%");
        return new Trial(
                "restore",
                14,
                () -> rest().post(
                                "/v1/clusters/kept/restores",
                                "{'backup':'%s','database':'shop','swap':true}".formatted(kept)),
                this::swapped);
    }

    /** The restored database is in its place, the old one is kept, and there is no third. */
    private boolean swapped() {
        var names = new Superuser(service, KEPT).values("select datname from pg_database where datname like 'shop%'");
        return names.size() == 2 && names.contains("shop");
    }

    private Trial recover() {
        if (rest().get(COPIED).status() == 200) {
            rest().succeeded(rest().delete(COPIED + "?confirm=copied").started());
        }
        return new Trial(
                "recover",
                16,
                () -> rest().post(
                                "/v1/clusters",
                                "{'name':'copied','recover':{'source':'kept','backup':'%s'}}".formatted(kept)),
                () -> rest().get(COPIED + "/instances")
                        .json()
                        .getList("items.state")
                        .equals(List.of("UP")));
    }

    private Trial expire() {
        while (spare() < 2) {
            take(SPARE);
        }
        return new Trial(
                "expire",
                8,
                () -> rest().post("/v1/clusters/spare/expirations", "{'policy':'one'}"),
                () -> spare() == 1);
    }

    private long spare() {
        return backups(SPARE).stream()
                .filter(backup -> engine.equals(backup.get("engine")) && repository.equals(backup.get("repository")))
                .count();
    }

    private Trial deleteBackup() {
        var doomed = take(KEPT);
        return new Trial(
                "delete-backup",
                8,
                () -> rest().delete("/v1/backups/" + doomed),
                () -> rest().get("/v1/backups/" + doomed).status() == 404);
    }
}
