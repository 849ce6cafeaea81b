package io.pgbosun.process;

import io.pgbosun.process.KillTrials.Trial;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What makes, proves, uses and removes backups, for one way of storing them; each trial prepares what it needs, so that it
 * can be made alone and again.
 *
 * @param kept the backup that is proven and restored
 * @param stay the backups of the cluster {@code kept} that are kept, of all ways
 */
record BackupTrials(Service service, Way way, String kept, Set<String> stay) {
    static final String KEPT = "kept";
    static final String SPARE = "spare";
    /** Archives its WAL with pgBackRest, into a stanza in the repository of that name. */
    static final String RESTED = "rested";

    private static final String COPIED = "/v1/clusters/copied";

    /** Where backups are stored, and what makes them. */
    record Way(String repository, String engine) {
        Stream<Planned> all() {
            var kinds = switch (engine) {
                case "SCRIPT" -> Stream.of("expire");
                case "PG_DUMP" -> Stream.of("backup", "drill", "restore", "expire", "delete-backup");
                default -> Stream.of("backup", "drill", "recover", "expire", "delete-backup");
            };
            return kinds.map(kind -> new Planned(kind, this));
        }

        boolean isBackRest() {
            return engine.equals("PGBACKREST");
        }

        /** Whose backups they are. */
        String cluster() {
            return isBackRest() ? RESTED : KEPT;
        }

        @Override
        public String toString() {
            return repository + " " + engine;
        }
    }

    /** A kind that is to be tried in a way. */
    record Planned(String kind, Way way) {
        @Override
        public String toString() {
            return kind + ", " + way;
        }
    }

    static BackupTrials of(Service service, Way way, Set<String> stay) {
        var empty = new BackupTrials(service, way, null, stay);
        var kept = empty.take(way.cluster(), "FULL");
        stay.add(kept);
        return new BackupTrials(service, way, kept, stay);
    }

    Trial of(String kind) {
        return switch (kind) {
            case "backup" -> backup();
            case "drill" -> drill();
            case "restore" -> restore();
            case "recover" -> recover();
            case "expire" -> way.isBackRest() ? expireOfStanza() : expire();
            case "delete-backup" -> deleteBackup();
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private Rest rest() {
        return service.rest();
    }

    private String path(String collection) {
        return "/v1/clusters/" + way.cluster() + "/" + collection;
    }

    private Trial backup() {
        removeOthers();
        var before = backups(way.cluster()).size();
        return new Trial(
                "backup",
                switch (way.engine()) {
                    case "PG_DUMP" -> 14;
                    case "PGBACKREST" -> 8;
                    default -> 16;
                },
                () -> rest().post(path("backups"), body("INCR")),
                () -> backups(way.cluster()).size() == before + 1);
    }

    private String body(String type) {
        var more = switch (way.engine()) {
            case "PG_DUMP" -> ",'format':'DIRECTORY','jobs':2";
            case "PGBACKREST" -> ",'backupType':'" + type + "'";
            default -> "";
        };
        return "{'repository':'%s','engine':'%s'%s}".formatted(way.repository(), way.engine(), more);
    }

    /** The type is one of pgBackRest, and of no matter in other ways. */
    private String take(String cluster, String type) {
        return rest().succeed("/v1/clusters/" + cluster + "/backups", body(type))
                .getString("result.backup");
    }

    /** What earlier trials have made beside what is kept, the newest first. */
    private void removeOthers() {
        for (var backup : backups(way.cluster())) {
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
                way.engine().equals("PG_DUMP") ? 24 : 18,
                () -> rest().post(
                                path("drills"),
                                "{'backup':'%s','assertions':[{'type':'ROW_COUNT','database':'shop','table':'pgbench_accounts','atLeast':100000}]}"
                                        .formatted(kept)),
                () -> drills() == before + 1 && "ASSERTED".equals(confidence()));
    }

    private int drills() {
        return rest().get(path("drills?pageSize=500")).json().getList("items").size();
    }

    private String confidence() {
        return rest().get("/v1/backups/" + kept).json().getString("confidence");
    }

    private Trial restore() {
        new Superuser(service, KEPT).dropLike("shop\\_before\\_%");
        return new Trial(
                "restore",
                14,
                () -> rest().post(path("restores"), "{'backup':'%s','database':'shop','swap':true}".formatted(kept)),
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
                                "{'name':'copied','recover':{'source':'%s','backup':'%s'}}"
                                        .formatted(way.cluster(), kept)),
                () -> rest().get(COPIED + "/instances")
                        .json()
                        .getList("items.state")
                        .equals(List.of("UP")));
    }

    private Trial expire() {
        while (spare() < 2) {
            take(SPARE, "");
        }
        return new Trial(
                "expire",
                8,
                () -> rest().post("/v1/clusters/spare/expirations", "{'policy':'one'}"),
                () -> spare() == 1);
    }

    private long spare() {
        return backups(SPARE).stream()
                .filter(backup -> way.engine().equals(backup.get("engine"))
                        && way.repository().equals(backup.get("repository")))
                .count();
    }

    /** The newest one stays, which does not need the one before, and so does the full one that it needs. */
    private Trial expireOfStanza() {
        removeOthers();
        take(RESTED, "INCR");
        var newest = take(RESTED, "DIFF");
        return new Trial(
                "expire",
                8,
                () -> rest().post(path("expirations"), "{'policy':'rested'}"),
                () -> backups(RESTED).stream()
                        .map(backup -> backup.get("id"))
                        .toList()
                        .equals(List.of(newest, kept)));
    }

    private Trial deleteBackup() {
        var doomed = take(way.cluster(), "INCR");
        return new Trial(
                "delete-backup",
                8,
                () -> rest().delete("/v1/backups/" + doomed),
                () -> rest().get("/v1/backups/" + doomed).status() == 404);
    }
}
