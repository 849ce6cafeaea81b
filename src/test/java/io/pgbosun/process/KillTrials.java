package io.pgbosun.process;

import io.pgbosun.adapter.LocalPgPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Every kind of operation once, in an order in which each finds what it needs; in the end all is as before, but for one
 * more backup and one more drill.
 *
 * @param poolerFile with the databases of the pooler of {@code kept}
 * @param round how often this was done before
 * @param kept the backup that is proven and restored
 * @param doomed the backup that is deleted
 */
record KillTrials(
        Service service,
        LocalPgPrograms programs,
        Path foreign,
        int foreignPort,
        Path poolerFile,
        int round,
        String kept,
        String doomed) {
    /**
     * How one kind is tried.
     *
     * @param steps how many step events a whole run tells of, about
     * @param truth whether the world is as it should be in the end
     */
    record Trial(String kind, int steps, Supplier<Rest.Answer> start, Supplier<Boolean> truth) {}

    Stream<Trial> all() {
        return Stream.of(clusterTrials(), dataTrials(), poolerTrials(), lastTrials())
                .flatMap(trials -> trials);
    }

    private Rest rest() {
        return service.rest();
    }

    private Stream<Trial> clusterTrials() {
        return Stream.of(
                new Trial(
                        "provision",
                        24,
                        () -> rest().post(
                                        "/v1/clusters",
                                        "{'name':'made','provision':{'standbys':1,'databases':['shop'],'seed':{'pgbenchScale':2}}}"),
                        () -> states("made").equals(List.of("UP", "UP"))),
                new Trial(
                        "register",
                        3,
                        () -> rest().post(
                                        "/v1/clusters",
                                        "{'name':'foreign','register':{'instances':[{'address':'127.0.0.1','port':%d}],'username':'postgres','password':'foreign'}}"
                                                .formatted(foreignPort)),
                        () -> states("foreign").equals(List.of("UP"))),
                new Trial(
                        "stop-cluster",
                        4,
                        () -> rest().post("/v1/clusters/made/stop", "{}"),
                        () -> states("made").equals(List.of("DOWN", "DOWN"))),
                new Trial(
                        "start-cluster",
                        4,
                        () -> rest().post("/v1/clusters/made/start", "{}"),
                        () -> states("made").equals(List.of("UP", "UP"))),
                new Trial(
                        "switchover",
                        24,
                        () -> rest().post("/v1/clusters/made/switchovers?reason=trial", "{'candidate':'made-2'}"),
                        () -> roles("made").equals(List.of("STANDBY", "PRIMARY"))),
                new Trial(
                        "failover",
                        20,
                        () -> {
                            crash("made", "made-2");
                            return rest().post("/v1/clusters/made/failovers?reason=trial", "{}");
                        },
                        () -> roles("made").equals(List.of("PRIMARY", "UNKNOWN"))),
                new Trial(
                        "rejoin",
                        18,
                        () -> rest().post("/v1/clusters/made/rejoins", "{'instance':'made-2'}"),
                        () -> roles("made").equals(List.of("PRIMARY", "STANDBY"))),
                new Trial(
                        "restart-cluster",
                        5,
                        () -> rest().post("/v1/clusters/made/restarts", "{}"),
                        () -> roles("made").equals(List.of("PRIMARY", "STANDBY"))),
                new Trial(
                        "add-standby",
                        12,
                        () -> rest().post("/v1/clusters/made/instances", "{}"),
                        () -> roles("made").equals(List.of("PRIMARY", "STANDBY", "STANDBY"))),
                new Trial(
                        "configure-replication",
                        8,
                        () -> rest().post("/v1/clusters/made/replication", "{'synchronousStandbys':1}"),
                        () -> "ANY 1 (\"made-1\", \"made-2\", \"made-3\")"
                                .equals(rest().get("/v1/clusters/made/replication")
                                        .json()
                                        .getString("synchronousStandbyNames"))),
                new Trial(
                        "remove-standby",
                        7,
                        () -> rest().delete("/v1/clusters/made/instances/made-3"),
                        () -> roles("made").equals(List.of("PRIMARY", "STANDBY"))),
                new Trial(
                        "reload-cluster",
                        6,
                        () -> rest().post("/v1/clusters/made/reloads", "{}"),
                        () -> roles("made").equals(List.of("PRIMARY", "STANDBY"))),
                new Trial(
                        "enable-archiving",
                        10,
                        () -> rest().post("/v1/clusters/made/wal-archive", "{}"),
                        () -> archiving("made").equals("WORKING")),
                new Trial(
                        "disable-archiving",
                        8,
                        () -> rest().delete("/v1/clusters/made/wal-archive"),
                        () -> archiving("made").equals("OFF")));
    }

    private Stream<Trial> dataTrials() {
        return Stream.of(
                maintenance("vacuum", "{'databases':['shop','postgres'],'full':true}", 5),
                maintenance("analyze", "{'databases':['shop','postgres']}", 5),
                maintenance("reindex", "{'databases':['shop'],'scope':'DATABASE'}", 4),
                maintenance("checkpoint", "{}", 2),
                maintenance("no-op", "{'stepMillis':50}", 9),
                new Trial(
                        "restore-point",
                        2,
                        () -> rest().post("/v1/clusters/kept/restore-points", "{'name':'kept'}"),
                        () -> states("kept").equals(List.of("UP"))),
                new Trial(
                        "backup",
                        15,
                        () -> rest().post("/v1/clusters/kept/backups", "{'format':'DIRECTORY','jobs':2}"),
                        () -> items("/v1/clusters/kept/backups").size() == 4 + round),
                new Trial(
                        "reconcile",
                        1,
                        () -> rest().post("/v1/repositories/default/reconciliations", "{}"),
                        () -> rest().get("/v1/operations?kind=reconcile&pageSize=1")
                                .json()
                                .getList("items[0].result.disagreements")
                                .isEmpty()),
                new Trial(
                        "drill",
                        24,
                        () -> rest().post(
                                        "/v1/clusters/kept/drills",
                                        "{'backup':'%s','assertions':[{'type':'ROW_COUNT','database':'shop','table':'pgbench_accounts','atLeast':100000},{'type':'AMCHECK','database':'shop'}]}"
                                                .formatted(kept)),
                        () -> proven(kept) && items("/v1/clusters/kept/drills").size() == 1 + round),
                new Trial(
                        "failover-drill",
                        30,
                        () -> rest().post(
                                        "/v1/clusters/kept/failover-drills",
                                        "{'writeSeconds':1,'synchronous':true,'maxLostRows':0}"),
                        () -> passed("kept") && states("kept").equals(List.of("UP"))),
                new Trial(
                        "restore",
                        12,
                        () -> rest().post(
                                        "/v1/clusters/kept/restores",
                                        "{'backup':'%s','database':'shop','swap':true}".formatted(kept)),
                        this::swapped));
    }

    private Trial maintenance(String verb, String body, int steps) {
        return new Trial(
                verb,
                steps,
                () -> rest().post("/v1/clusters/kept/maintenance/" + verb, body),
                () -> states("kept").equals(List.of("UP")));
    }

    private Stream<Trial> poolerTrials() {
        var paused = round % 2 == 0;
        return Stream.of(
                new Trial(
                        "control-pooler",
                        2,
                        () -> rest().post(
                                        "/v1/clusters/kept/pooler-controls",
                                        "{'pooler':'front','action':'%s'}".formatted(paused ? "PAUSE" : "RESUME")),
                        () -> rest().get("/v1/clusters/kept/poolers/front")
                                .json()
                                .getList("running.paused")
                                .equals(paused ? List.of("shop") : List.of())),
                new Trial(
                        "apply-pooler-config",
                        3,
                        this::misled,
                        () -> rest().get("/v1/clusters/kept/poolers/front/config")
                                .json()
                                .getBoolean("agrees")));
    }

    /** What somebody has altered is put right. */
    private Rest.Answer misled() {
        try {
            Files.writeString(poolerFile, "[databases]\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rest().post("/v1/clusters/kept/pooler-configs", "{'pooler':'front'}");
    }

    private Stream<Trial> lastTrials() {
        return Stream.of(
                new Trial(
                        "delete-backup",
                        6,
                        () -> rest().delete("/v1/backups/" + doomed),
                        () -> rest().get("/v1/backups/" + doomed).status() == 404),
                new Trial(
                        "expire",
                        8,
                        () -> rest().post("/v1/clusters/spare/expirations", "{'policy':'one'}"),
                        () -> items("/v1/clusters/spare/backups").size() == 1),
                new Trial(
                        "deregister",
                        4,
                        () -> rest().post("/v1/clusters/foreign/deregister", "{}"),
                        () -> rest().get("/v1/clusters/foreign").status() == 404 && programs.ready(foreign)),
                new Trial(
                        "recover",
                        10,
                        () -> rest().post("/v1/clusters", "{'name':'copied','recover':{'source':'kept'}}"),
                        () -> states("copied").equals(List.of("UP"))),
                new Trial(
                        "delete-cluster",
                        12,
                        () -> rest().delete("/v1/clusters/made?confirm=made"),
                        () -> rest().get("/v1/clusters/made").status() == 404));
    }

    private List<String> states(String cluster) {
        return rest().get("/v1/clusters/" + cluster + "/instances").json().getList("items.state");
    }

    private List<String> roles(String cluster) {
        return rest().get("/v1/clusters/" + cluster + "/instances").json().getList("items.role");
    }

    /** The host takes its primary away. */
    private void crash(String cluster, String instance) {
        programs.halt(service.home().resolve("clusters").resolve(cluster).resolve(instance));
    }

    private String archiving(String cluster) {
        return rest().get("/v1/clusters/" + cluster + "/wal-archive").json().getString("state");
    }

    private List<Object> items(String path) {
        return rest().get(path + "?pageSize=500").json().getList("items");
    }

    private boolean proven(String backup) {
        return "ASSERTED".equals(rest().get("/v1/backups/" + backup).json().getString("confidence"));
    }

    private boolean passed(String cluster) {
        return rest().get("/v1/clusters/" + cluster + "/failover-drills?pageSize=1")
                .json()
                .getBoolean("items[0].passed");
    }

    /** The restored database is in its place, the old one is kept, and there is no third. */
    private boolean swapped() {
        var names = rest().get("/v1/clusters/kept/databases").json().<String>getList("items.name");
        return names.size() == 3
                && names.contains("shop")
                && names.stream()
                                .filter(name -> name.startsWith("shop_before_"))
                                .count()
                        == 1;
    }
}
