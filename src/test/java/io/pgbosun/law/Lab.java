package io.pgbosun.law;

import static io.pgbosun.law.Scenarios.CLUSTER;

import io.pgbosun.backup.EnableArchiving;
import io.pgbosun.backup.RunDrill;
import io.pgbosun.backup.TakeBackup;
import io.pgbosun.cluster.Deregister;
import io.pgbosun.cluster.Provision;
import io.pgbosun.cluster.StopCluster;
import io.pgbosun.failover.Failover;
import io.pgbosun.host.ArchiveMethod;
import io.pgbosun.host.PgBackRest;
import io.pgbosun.law.Faults.Shot;
import io.pgbosun.operation.Lives;
import io.pgbosun.operation.Lives.Order;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Plan;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Where trials are made: the beans they need, and the worlds they begin in. */
record Lab(Lives lives, Stage stage, ControlRows rows, String home, Map<Base, Start> starts) {
    static final UUID OPERATION = UUID.fromString("00000000-0000-7000-8000-0000000000ff");

    /** A world and the rows of the control database that belong to it. */
    record Start(World world, String rows) {}

    Lab(Lives lives, Stage stage, ControlRows rows, String home) {
        this(lives, stage, rows, home, new EnumMap<>(Base.class));
    }

    Start start(Base base) {
        if (!starts.containsKey(base)) {
            starts.put(base, make(base));
        }
        return starts.get(base);
    }

    Trial trial(Scenario scenario, List<Shot> shots, Set<Integer> cancelledLives) {
        var order = new Order(OPERATION, scenario.target(), scenario.spec());
        return new Trial(this, start(scenario.base()), order, shots, cancelledLives);
    }

    Plan preview(Scenario scenario) {
        var start = start(scenario.base());
        rows.put(start.rows());
        var faults = new Faults(List.of());
        stage.set(start.world().copy(), faults);
        faults.begin(null);
        try {
            return lives.plan(new Order(OPERATION, scenario.target(), scenario.spec()));
        } finally {
            faults.end();
        }
    }

    /** How the world is now. */
    List<String> now() {
        return lines(new Start(stage.world(), rows.take()));
    }

    /** How a world is before anything is done to it. */
    List<String> before(Scenario scenario) {
        return lines(start(scenario.base()));
    }

    private List<String> lines(Start start) {
        var lines = new ArrayList<>(start.world().lines());
        lines.addAll(rows.lines(start.rows()));
        return Normal.of(lines, home);
    }

    private Start make(Base base) {
        return switch (base) {
            case NOTHING -> new Start(new World(), "[[], [], [], [], [], [], [], [], [], []]");
            case TAKEN -> taken();
            case CLUSTER -> furnished(done(start(Base.NOTHING), 1, Scenarios.WHOLE));
            case POOLED -> pooled(start(Base.CLUSTER), World.FIRST_PORT);
            case MISLED -> pooled(start(Base.CLUSTER), World.FIRST_PORT + 1);
            case HALTED -> halted(pooled(start(Base.CLUSTER), World.FIRST_PORT));
            case UNREGISTERED -> known(done(start(Base.CLUSTER), 2, new Deregister()));
            case REGISTERED -> done(start(Base.UNREGISTERED), 6, Scenarios.register());
            case PATRONI -> pooled(registered(), World.FIRST_PORT);
            case PATRONI_MISLED -> pooled(registered(), World.FIRST_PORT + 1);
            case PATRONI_LEADERLESS -> leaderless(start(Base.PATRONI));
            case CRASHED -> crashed(start(Base.CLUSTER));
            case FAILED_OVER -> done(start(Base.CRASHED), 11, new Failover(null, null, null));
            case SPLIT -> split(start(Base.FAILED_OVER));
            case HOST_DEAD -> hostDead(pooled(crashed(start(Base.CLUSTER)), World.FIRST_PORT));
            case STOPPED -> done(start(Base.CLUSTER), 3, new StopCluster());
            case NOT_ARCHIVING -> done(start(Base.NOTHING), 7, Scenarios.NOT_ARCHIVING);
            case ARCHIVED -> done(start(Base.CLUSTER), 8, new EnableArchiving(null, null, null, null));
            case STANZA ->
                done(start(Base.CLUSTER), 9, new EnableArchiving(null, null, null, ArchiveMethod.PGBACKREST));
            case SET -> done(start(Base.STANZA), Scenarios.BACKUP, Scenarios.backRest(PgBackRest.SetType.FULL));
            case BACKED_UP ->
                done(
                        start(Base.CLUSTER),
                        Scenarios.BACKUP,
                        new TakeBackup(null, null, null, null, null, null, null, null));
            case COPIED -> done(start(Base.CLUSTER), Scenarios.BACKUP, Scenarios.WHOLE_SERVER);
            case SHOP_LOST -> lost(start(Base.BACKED_UP));
            case DAMAGED -> damaged(start(Base.BACKED_UP));
            case TOO_MANY ->
                withPolicy(
                        done(start(Base.BACKED_UP), 7, new TakeBackup(null, null, null, null, null, null, null, null)),
                        "{\"keepLast\": 1}");
            case OLD_WAL ->
                withPolicy(
                        withWal(done(
                                done(start(Base.ARCHIVED), Scenarios.BACKUP, Scenarios.WHOLE_SERVER),
                                10,
                                Scenarios.WHOLE_SERVER)),
                        "{\"walDays\": 0, \"keepLast\": 1}");
            case PROVEN -> done(start(Base.BACKED_UP), 4, new RunDrill(null, List.of(Scenarios.rows(1)), null, null));
            case SHRUNK ->
                done(halved(start(Base.PROVEN)), 12, new TakeBackup(null, null, null, null, null, null, null, null));
        };
    }

    private Start done(Start from, int number, OperationSpec spec) {
        return done(from, new UUID(0x7000L, 0x8000_0000_0000_0000L | number), spec);
    }

    /** Makes a world by doing an operation in another one. */
    private Start done(Start from, UUID id, OperationSpec spec) {
        var trial = new Trial(this, from, new Order(id, CLUSTER, spec), List.of(), Set.of());
        var end = trial.run();
        if (!end.succeeded()) {
            throw new AssertionError("a world for the laws could not be made by " + spec + ": " + end.outcome());
        }
        return new Start(stage.world().copy(), rows.take());
    }

    /** Somebody else's cluster where ours would go. */
    private Start taken() {
        var made = done(start(Base.NOTHING), 5, new Provision(null, null, null, null, null, null, null, null));
        var world = made.world();
        world.directories.values().forEach(directory -> directory.password = "somebody else's");
        return new Start(world, start(Base.NOTHING).rows());
    }

    private static Start known(Start start) {
        start.world().directories.values().forEach(directory -> directory.password = Scenarios.PASSWORD);
        return start;
    }

    private static Start furnished(Start start) {
        var primary = start.world().listening(World.FIRST_PORT).orElseThrow();
        primary.content.databases.get("postgres").tables.put("notes", 5L);
        var shop = primary.content.databases.get("shop");
        shop.indexes.put("orders_pkey", true);
        shop.indexes.put("long_broken_ccnew", false);
        return start;
    }

    private static Start damaged(Start start) {
        var world = start.world().copy();
        world.files.replaceAll((path, file) ->
                path.endsWith("database-3.dump") ? World.StoredFile.of(file.text() + " altered") : file);
        return new Start(world, start.rows());
    }

    /** A policy that keeps one backup; policies are the last table of the rows. */
    private static Start withPolicy(Start start, String retention) {
        var policy =
                "{\"name\": \"one\", \"cluster\": null, \"selector\": null, \"retention\": %s, \"created_at\": \"2026-01-01T00:00:00Z\"}"
                        .formatted(retention);
        return new Start(start.world(), start.rows().replaceFirst("\\[]]$", "[" + policy + "]]"));
    }

    private static Start halved(Start start) {
        var world = start.world().copy();
        world.directories
                .values()
                .forEach(server -> server.content.databases.get("shop").tables.put("orders", 499L));
        return new Start(world, start.rows());
    }

    /** Three segments, of which the backups need the last one. */
    private static Start withWal(Start start) {
        var world = start.world().copy();
        var archive = world.files.keySet().stream()
                .filter(file -> file.endsWith("/wal/orders/"))
                .findFirst()
                .orElseThrow();
        for (var number = 1; number <= 3; number++) {
            world.files.put(
                    "%s%024X".formatted(archive, number).replaceFirst("/0{8}(?=[0-9A-F]{16}$)", "/00000001"),
                    World.StoredFile.of("WAL"));
        }
        return new Start(world, start.rows());
    }

    private Start registered() {
        var start = start(Base.UNREGISTERED);
        var world = start.world().copy();
        world.patroni = new World.PatroniState();
        world.patroni.leader = "orders-1";
        world.patroni.config.put("loop_wait", 0); // so that nobody waits
        world.patroni.config.put("ttl", 0);
        return done(new Start(world, start.rows()), 13, Scenarios.registerPatroni());
    }

    private static Start leaderless(Start start) {
        var crashed = crashed(start);
        crashed.world().patroni.leader = null;
        crashed.world().patroni.config.put("pause", true);
        return crashed;
    }

    private static Start crashed(Start start) {
        var world = start.world().copy();
        world.stop(world.pathOf(world.listening(World.FIRST_PORT).orElseThrow()));
        return new Start(world, start.rows());
    }

    private static Start split(Start start) {
        var world = start.world().copy();
        world.listening(World.FIRST_PORT + 1).orElseThrow().timeline++;
        var old = world.pathOfPort(World.FIRST_PORT);
        var directory = world.directories.get(old);
        directory.follows = null;
        directory.slot = "";
        directory.applicationName = "";
        directory.running = true;
        return new Start(world, start.rows());
    }

    private static Start hostDead(Start start) {
        var world = start.world().copy();
        world.directories.get(world.pathOfPort(World.FIRST_PORT)).reachable = false;
        return new Start(world, start.rows());
    }

    /** Poolers are the last table but one of the rows. */
    private static Start pooled(Start start, int leadsTo) {
        var file = "/srv/pooler/databases.ini";
        var pooler = new World.PgBouncer(file);
        var world = start.world().copy();
        world.poolers.put(World.POOLER_PORT, pooler);
        var text = """
                ; Written by pgbosun for the pooler front of the cluster orders. What is changed here by hand is lost.
                [databases]
                shop = host=127.0.0.1 port=%1$d dbname='shop'
                empty = host=127.0.0.1 port=%1$d dbname='empty'
                """.formatted(leadsTo);
        world.files.put(file, World.StoredFile.of(text));
        pooler.read(world.files.get(file));
        var databases = List.of("shop", "empty").stream()
                .map("{\"name\": \"%1$s\", \"database\": \"%1$s\", \"poolSize\": null}"::formatted)
                .toList();
        var row = // its members in the order of jsonb
                "{\"name\": \"front\", \"port\": %d, \"address\": \"127.0.0.1\", \"cluster\": \"orders\", \"ssl_mode\": \"disable\", \"username\": \"admin\", \"databases\": %s, \"created_at\": \"2026-01-01T00:00:00Z\", \"config_file\": \"%s\"}"
                        .formatted(World.POOLER_PORT, databases, file);
        return new Start(world, start.rows().replaceFirst("\\[], (\\[[^]]*])]$", "[" + row + "], $1]"));
    }

    private static Start halted(Start start) {
        var pooler = start.world().poolers.get(World.POOLER_PORT);
        pooler.paused.addAll(pooler.databases.keySet());
        pooler.disabled.addAll(pooler.databases.keySet());
        return start;
    }

    private static Start lost(Start start) {
        var world = start.world().copy();
        world.listening(World.FIRST_PORT).orElseThrow().content.databases.remove("shop");
        return new Start(world, start.rows());
    }
}
