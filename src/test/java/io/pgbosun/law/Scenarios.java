package io.pgbosun.law;

import static io.pgbosun.host.MaintenanceCommand.Reindex.Scope.TABLE;

import io.pgbosun.backup.Assertion;
import io.pgbosun.backup.Backup;
import io.pgbosun.backup.DeleteBackup;
import io.pgbosun.backup.DisableArchiving;
import io.pgbosun.backup.EnableArchiving;
import io.pgbosun.backup.Expire;
import io.pgbosun.backup.Reconcile;
import io.pgbosun.backup.Recover;
import io.pgbosun.backup.RestoreBackup;
import io.pgbosun.backup.RestorePoint;
import io.pgbosun.backup.RunDrill;
import io.pgbosun.backup.TakeBackup;
import io.pgbosun.cluster.DeleteCluster;
import io.pgbosun.cluster.Deregister;
import io.pgbosun.cluster.Provision;
import io.pgbosun.cluster.Register;
import io.pgbosun.cluster.ReloadCluster;
import io.pgbosun.cluster.StartCluster;
import io.pgbosun.cluster.StopCluster;
import io.pgbosun.failover.Failover;
import io.pgbosun.failover.FollowLeader;
import io.pgbosun.failover.Rejoin;
import io.pgbosun.failover.RestartCluster;
import io.pgbosun.failover.RunFailoverDrill;
import io.pgbosun.failover.Switchover;
import io.pgbosun.host.ArchiveMethod;
import io.pgbosun.host.DumpRequest.Format;
import io.pgbosun.host.PgBackRest;
import io.pgbosun.maintenance.Analyze;
import io.pgbosun.maintenance.Checkpoint;
import io.pgbosun.maintenance.NoOp;
import io.pgbosun.maintenance.Reindex;
import io.pgbosun.maintenance.Vacuum;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Target;
import io.pgbosun.patroni.ConfigurePatroni;
import io.pgbosun.patroni.ControlPatroni;
import io.pgbosun.pooler.ApplyPoolerConfig;
import io.pgbosun.pooler.ControlPooler;
import io.pgbosun.pooler.ControlPooler.Action;
import io.pgbosun.replication.AddStandby;
import io.pgbosun.replication.ConfigureReplication;
import io.pgbosun.replication.RemoveStandby;
import io.pgbosun.secret.Secret;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** The cases of each kind. A new kind is added here and nowhere else. */
final class Scenarios {
    static final Target CLUSTER = Target.cluster("orders");
    static final String PASSWORD = "known";
    static final UUID BACKUP = UUID.fromString("00000000-0000-7000-8000-00000000000b");
    static final List<String> TABLES = List.of("orders", "pgbench_accounts");

    static final Provision WHOLE =
            new Provision(null, 1, null, null, List.of("shop", "empty"), null, null, new Provision.Seed(1, 1000));

    static final TakeBackup WHOLE_SERVER =
            new TakeBackup(null, null, null, null, null, null, Backup.Engine.PG_BASEBACKUP, null);

    static final Provision NOT_ARCHIVING =
            new Provision(null, 1, null, null, null, Map.of("archive_mode", "off"), null, null);

    private Scenarios() {}

    static TakeBackup backRest(PgBackRest.SetType type) {
        return new TakeBackup(null, null, null, null, null, null, Backup.Engine.PGBACKREST, type);
    }

    /** By kind. */
    static Map<String, List<Scenario>> all() {
        var all = new TreeMap<String, List<Scenario>>();
        all.put("provision", provision());
        all.put(
                "register",
                List.of(
                        on("a primary and a standby", Base.UNREGISTERED, register()),
                        new Scenario(
                                "refused: registered already", Base.REGISTERED, Target.cluster("again"), register())));
        all.put("deregister", List.of(on("a cluster", Base.CLUSTER, new Deregister())));
        all.put(
                "start-cluster",
                List.of(
                        on("stopped", Base.STOPPED, new StartCluster()),
                        on("running already", Base.CLUSTER, new StartCluster())));
        all.put("stop-cluster", List.of(on("running", Base.CLUSTER, new StopCluster())));
        all.put("delete-cluster", deleteCluster());
        all.put("backup", backup());
        all.put("restore", restore());
        all.put("recover", recover());
        all.put("restore-point", List.of(on("before a migration", Base.CLUSTER, new RestorePoint("before"))));
        all.put("drill", drill());
        all.put(
                "delete-backup",
                List.of(
                        new Scenario("unproven", Base.BACKED_UP, Target.backup(BACKUP), new DeleteBackup()),
                        new Scenario(
                                "refused: the only full one of its stanza",
                                Base.SET,
                                Target.backup(BACKUP),
                                new DeleteBackup()),
                        new Scenario("refused: proven", Base.PROVEN, Target.backup(BACKUP), new DeleteBackup())));
        all.put(
                "expire",
                List.of(
                        on("one of two goes", Base.TOO_MANY, new Expire("one")),
                        on("old WAL goes too", Base.OLD_WAL, new Expire("one")),
                        on("refused: no such policy", Base.TOO_MANY, new Expire("other"))));
        all.put(
                "reconcile",
                List.of(new Scenario(
                        "a whole backup", Base.BACKED_UP, Target.repository("default"), new Reconcile(null))));
        all.put("enable-archiving", enableArchiving());
        all.put(
                "disable-archiving",
                List.of(
                        on("archived", Base.ARCHIVED, new DisableArchiving()),
                        on("refused: not archived", Base.CLUSTER, new DisableArchiving())));
        all.put("vacuum", vacuum());
        all.put(
                "analyze",
                List.of(
                        on("everything", Base.CLUSTER, new Analyze(null, null, null)),
                        on("two tables", Base.CLUSTER, new Analyze(List.of("shop"), TABLES, null))));
        all.put(
                "reindex",
                List.of(
                        on("everything", Base.CLUSTER, new Reindex(null, null, null, null, null)),
                        on(
                                "a table, not concurrently",
                                Base.CLUSTER,
                                new Reindex(TABLE, List.of("shop"), "orders", false, null))));
        all.put("switchover", switchover());
        all.put("failover", failover());
        all.put(
                "failover-drill",
                List.of(
                        on("within its bounds", Base.COPIED, new RunFailoverDrill(1, null, null, 0L)),
                        on("with commits that wait", Base.SET, new RunFailoverDrill(1, true, null, null)),
                        on("fails: too long without writes", Base.COPIED, new RunFailoverDrill(1, null, 0.0, null)),
                        on("refused: no physical backup", Base.BACKED_UP, new RunFailoverDrill(1, null, null, null))));
        all.put(
                "rejoin",
                List.of(
                        on("the old primary, rewound", Base.FAILED_OVER, new Rejoin("orders-1", null)),
                        on("the old primary, anew", Base.FAILED_OVER, new Rejoin("orders-1", Rejoin.Method.REBUILD)),
                        on("a standby that follows", Base.CLUSTER, new Rejoin("orders-2", null)),
                        on("by Patroni", Base.PATRONI, new Rejoin("orders-2", Rejoin.Method.REBUILD)),
                        on("refused: Patroni rewinds by itself", Base.PATRONI, new Rejoin("orders-2", null)),
                        on("refused: the primary", Base.CLUSTER, new Rejoin("orders-1", null)),
                        on("refused: no such instance", Base.CLUSTER, new Rejoin("orders-3", null))));
        all.put("add-standby", addStandby());
        all.put("remove-standby", removeStandby());
        all.put("configure-replication", configureReplication());
        all.put(
                "reload-cluster",
                List.of(
                        on("all", Base.CLUSTER, new ReloadCluster(null)),
                        on("one of them", Base.CRASHED, new ReloadCluster(List.of("orders-2"))),
                        on("refused: one is down", Base.CRASHED, new ReloadCluster(null))));
        all.put("control-patroni", controlPatroni());
        all.put("configure-patroni", configurePatroni());
        all.put("restart-cluster", restartCluster());
        all.put(
                "follow-leader",
                List.of(
                        on("the pooler leads elsewhere", Base.PATRONI_MISLED, new FollowLeader()),
                        on("so already", Base.PATRONI, new FollowLeader()),
                        on("a former primary takes writes again", Base.SPLIT, new FollowLeader()),
                        on("refused: nobody else has led before", Base.CLUSTER, new FollowLeader())));
        all.put("control-pooler", controlPooler());
        all.put(
                "apply-pooler-config",
                List.of(
                        on("it leads elsewhere", Base.MISLED, new ApplyPoolerConfig("front")),
                        on("so already", Base.POOLED, new ApplyPoolerConfig("front"))));
        all.put("checkpoint", List.of(on("the primary", Base.CLUSTER, new Checkpoint())));
        all.put("no-op", List.of(on("two steps that take a moment", Base.CLUSTER, new NoOp(2, 1, true))));
        return all;
    }

    private static Scenario on(String name, Base base, OperationSpec spec) {
        return new Scenario(name, base, CLUSTER, spec);
    }

    private static List<Scenario> provision() {
        var alone = new Provision(null, null, 5432, null, null, Map.of("work_mem", "8MB"), Map.of("env", "test"), null);
        return List.of(
                on("alone on a given port", Base.NOTHING, alone),
                on("with a standby, databases and sample data", Base.NOTHING, WHOLE),
                on("refused: where another cluster's data is", Base.TAKEN, alone),
                on(
                        "refused: on a port that is taken",
                        Base.TAKEN,
                        new Provision(null, null, World.FIRST_PORT, "/srv/elsewhere", null, null, null, null)));
    }

    static Register register() {
        var instances = List.of(
                new Register.InstanceAddress(null, "127.0.0.1", World.FIRST_PORT),
                new Register.InstanceAddress("second", "127.0.0.1", World.FIRST_PORT + 1));
        return new Register(instances, "postgres", Secret.of(PASSWORD), "disable", Map.of("env", "test"), null);
    }

    static Register registerPatroni() {
        var patroni =
                new Register.RegisterPatroni(List.of("http://127.0.0.1:8008"), "admin", Secret.of(PASSWORD), null);
        return new Register(null, "postgres", Secret.of(PASSWORD), "disable", Map.of("env", "test"), patroni);
    }

    private static List<Scenario> configurePatroni() {
        return List.of(
                on("a setting", Base.PATRONI, new ConfigurePatroni(Map.of("ttl", "20"), null)),
                on("one is removed", Base.PATRONI, new ConfigurePatroni(null, List.of("ttl"))),
                on("refused: it is not one of Patroni", Base.CLUSTER, new ConfigurePatroni(Map.of("ttl", "20"), null)));
    }

    private static List<Scenario> addStandby() {
        return List.of(
                on("of the primary", Base.CLUSTER, new AddStandby(null, null, null, null)),
                on(
                        "a cascading one of a cluster that archives",
                        Base.ARCHIVED,
                        new AddStandby("orders-2", null, null, 5432)),
                on("refused: what it is to follow is down", Base.CRASHED, new AddStandby("orders-1", null, null, null)),
                on("refused: no such host", Base.CLUSTER, new AddStandby(null, "elsewhere", null, null)),
                on("refused: Patroni does that", Base.PATRONI, new AddStandby(null, null, null, null)));
    }

    private static List<Scenario> removeStandby() {
        return List.of(
                on("with its data", Base.CLUSTER, new RemoveStandby("orders-2", null)),
                on("its data is kept", Base.ARCHIVED, new RemoveStandby("orders-2", true)),
                on("refused: the primary", Base.CLUSTER, new RemoveStandby("orders-1", null)),
                on("refused: no primary answers", Base.CRASHED, new RemoveStandby("orders-2", null)),
                on("refused: no such instance", Base.CLUSTER, new RemoveStandby("orders-3", null)),
                on("refused: Patroni does that", Base.PATRONI, new RemoveStandby("orders-2", null)));
    }

    private static List<Scenario> configureReplication() {
        return List.of(
                on("commits wait for a standby", Base.CLUSTER, new ConfigureReplication(1, null, null)),
                on("commits wait for nobody", Base.CLUSTER, new ConfigureReplication(0, null, null)),
                on("refused: too few standbys", Base.CLUSTER, new ConfigureReplication(2, null, null)),
                on(
                        "refused: no such instance",
                        Base.CLUSTER,
                        new ConfigureReplication(
                                1, ConfigureReplication.Method.FIRST, List.of("orders-2", "orders-3"))),
                on("refused: Patroni does that", Base.PATRONI, new ConfigureReplication(1, null, null)));
    }

    private static List<Scenario> controlPatroni() {
        return List.of(
                on("pause", Base.PATRONI, new ControlPatroni(ControlPatroni.Action.PAUSE)),
                on("resume", Base.PATRONI_LEADERLESS, new ControlPatroni(ControlPatroni.Action.RESUME)),
                on("refused: it is not one of Patroni", Base.CLUSTER, new ControlPatroni(ControlPatroni.Action.PAUSE)));
    }

    private static List<Scenario> restartCluster() {
        return List.of(
                on("all, the primary last", Base.POOLED, new RestartCluster(null, null)),
                on("a standby", Base.CLUSTER, new RestartCluster(List.of("orders-2"), null)),
                on("those that wait for it", Base.CLUSTER, new RestartCluster(null, true)),
                on("by Patroni", Base.PATRONI, new RestartCluster(null, null)),
                on("refused: no such instance", Base.CLUSTER, new RestartCluster(List.of("orders-3"), null)));
    }

    private static List<Scenario> deleteCluster() {
        return List.of(
                on("without a last backup", Base.CLUSTER, new DeleteCluster("orders", null)),
                on("with a last backup", Base.CLUSTER, new DeleteCluster("orders", "default")),
                on("refused: another name repeated", Base.CLUSTER, new DeleteCluster("other", null)));
    }

    private static List<Scenario> backup() {
        return List.of(
                on("everything", Base.CLUSTER, new TakeBackup(null, null, null, null, null, null, null, null)),
                on(
                        "one database, a directory, from the primary",
                        Base.CLUSTER,
                        new TakeBackup(
                                null,
                                List.of("shop"),
                                false,
                                Format.DIRECTORY,
                                4,
                                TakeBackup.Source.PRIMARY,
                                null,
                                null)),
                on("the whole server", Base.CLUSTER, WHOLE_SERVER),
                on("what has changed, with pgBackRest", Base.SET, backRest(PgBackRest.SetType.INCR)),
                on("refused: pgBackRest does not archive", Base.CLUSTER, backRest(PgBackRest.SetType.FULL)));
    }

    private static List<Scenario> recover() {
        var again = Target.cluster("again");
        return List.of(
                new Scenario("beside its source", Base.COPIED, again, recover(List.of())),
                new Scenario("from a backup of pgBackRest", Base.SET, again, recover(List.of())),
                new Scenario("refused: no physical backup", Base.BACKED_UP, again, recover(List.of())));
    }

    private static Recover recover(List<Recover.Script> scripts) {
        return new Recover("orders", null, null, null, null, null, Map.of("env", "test"), scripts, null, null);
    }

    /** May be run twice. */
    private static final List<String> MASKING = List.of("drop table if exists mask; create table mask");

    private static List<Scenario> restore() {
        return List.of(
                on("aside", Base.BACKED_UP, new RestoreBackup(BACKUP, "shop", null, null, null, null, null, null)),
                on(
                        "two tables under a name, without owners",
                        Base.BACKED_UP,
                        new RestoreBackup(BACKUP, "shop", "look", TABLES, false, false, 1, null)),
                on(
                        "masked before it is opened",
                        Base.BACKED_UP,
                        new RestoreBackup(BACKUP, "shop", null, null, null, null, null, MASKING)),
                on("swapped in", Base.BACKED_UP, new RestoreBackup(BACKUP, "shop", null, null, true, null, null, null)),
                on(
                        "refused: the name is taken",
                        Base.BACKED_UP,
                        new RestoreBackup(BACKUP, "shop", "empty", null, null, null, null, null)),
                on(
                        "refused: the backup is damaged",
                        Base.DAMAGED,
                        new RestoreBackup(BACKUP, "shop", null, null, true, null, null, null)),
                on(
                        "swapped in where none is",
                        Base.SHOP_LOST,
                        new RestoreBackup(BACKUP, "shop", null, null, true, null, null, null)));
    }

    private static List<Scenario> controlPooler() {
        return List.of(
                on("pause", Base.POOLED, new ControlPooler("front", Action.PAUSE, null, null)),
                on("pause one database", Base.POOLED, new ControlPooler("front", Action.PAUSE, "shop", 5)),
                on("resume", Base.HALTED, new ControlPooler("front", Action.RESUME, null, null)),
                on("reconnect", Base.POOLED, new ControlPooler("front", Action.RECONNECT, null, null)),
                on("reload", Base.POOLED, new ControlPooler("front", Action.RELOAD, null, null)),
                on("disable", Base.POOLED, new ControlPooler("front", Action.DISABLE, null, null)),
                on("enable", Base.HALTED, new ControlPooler("front", Action.ENABLE, null, null)),
                on(
                        "refused: not a database of it",
                        Base.POOLED,
                        new ControlPooler("front", Action.PAUSE, "postgres", null)));
    }

    private static List<Scenario> switchover() {
        return List.of(
                on("to the standby", Base.CLUSTER, new Switchover(null, null)),
                on("through a pooler", Base.POOLED, new Switchover(null, null)),
                on("through a pooler that leads elsewhere", Base.MISLED, new Switchover(null, null)),
                on("refused: the pooler is paused", Base.HALTED, new Switchover(null, null)),
                on("by Patroni", Base.PATRONI, new Switchover(null, null)),
                on("refused: nobody leads", Base.PATRONI_LEADERLESS, new Switchover(null, null)),
                on("refused: no such standby", Base.CLUSTER, new Switchover("orders-3", null)));
    }

    private static List<Scenario> failover() {
        return List.of(
                on("to the standby", Base.CRASHED, new Failover(null, null, null)),
                on("by force, the primary is up", Base.CLUSTER, new Failover(null, null, true)),
                on("refused: the primary is up", Base.CLUSTER, new Failover(null, null, null)),
                on("refused: no such standby", Base.CRASHED, new Failover("orders-3", null, null)),
                on("the primary's host is dead", Base.HOST_DEAD, new Failover(null, null, true)),
                on("by Patroni", Base.PATRONI_LEADERLESS, new Failover(null, null, true)),
                on("refused: Patroni's leader is up", Base.PATRONI, new Failover(null, null, null)),
                on("refused: nobody answers", Base.STOPPED, new Failover(null, null, null)));
    }

    static Assertion rows(long atLeast) {
        return new Assertion(Assertion.Type.ROW_COUNT, "shop", "orders", null, atLeast, null, null, null);
    }

    private static List<Scenario> drill() {
        var holding = List.of(
                rows(1000),
                new Assertion(Assertion.Type.FRESHNESS, "shop", "orders", "created_at", null, 3600L, null, null),
                new Assertion(Assertion.Type.AMCHECK, "shop", null, null, null, null, null, null),
                new Assertion(Assertion.Type.SQL, "shop", null, null, null, null, "select t", null));
        return List.of(
                on("without assertions", Base.BACKED_UP, new RunDrill(null, null, null, null)),
                on("assertions hold", Base.BACKED_UP, new RunDrill(BACKUP, holding, null, null)),
                on("a whole server", Base.COPIED, new RunDrill(null, List.of(rows(1000)), null, null)),
                on("refused: the backup is damaged", Base.DAMAGED, new RunDrill(null, null, null, null)),
                on(
                        "an assertion fails",
                        Base.BACKED_UP,
                        new RunDrill(BACKUP, List.of(rows(1), rows(1001)), null, null)),
                on(
                        "fails: more than half of the rows are gone since the drill before",
                        Base.SHRUNK,
                        new RunDrill(null, List.of(rows(1)), null, 50)),
                on(
                        "not compared with the drill before",
                        Base.SHRUNK,
                        new RunDrill(null, List.of(rows(1)), false, null)));
    }

    private static List<Scenario> enableArchiving() {
        return List.of(
                on("without a restart", Base.CLUSTER, new EnableArchiving(null, null, null, null)),
                on("with pgBackRest", Base.CLUSTER, new EnableArchiving(null, null, null, ArchiveMethod.PGBACKREST)),
                on("enabled already", Base.ARCHIVED, new EnableArchiving(null, null, null, null)),
                on("with a restart of every instance", Base.NOT_ARCHIVING, new EnableArchiving(null, true, 60, null)),
                on(
                        "refused: a restart is not allowed",
                        Base.NOT_ARCHIVING,
                        new EnableArchiving(null, null, null, null)));
    }

    private static List<Scenario> vacuum() {
        return List.of(
                on("everything", Base.CLUSTER, new Vacuum(null, null, true, null, null, null)),
                on("two tables, full", Base.CLUSTER, new Vacuum(true, true, null, List.of("shop"), TABLES, null)),
                on(
                        "the same table and database named twice",
                        Base.CLUSTER,
                        new Vacuum(
                                null, null, null, List.of("shop", "shop"), List.of("orders", "public.orders"), null)));
    }
}
