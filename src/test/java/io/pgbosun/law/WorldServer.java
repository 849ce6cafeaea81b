package io.pgbosun.law;

import io.pgbosun.host.ArchiverFacts;
import io.pgbosun.host.DatabaseFacts;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.LockGuard;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.MaintenanceCommand;
import io.pgbosun.host.Progress;
import io.pgbosun.host.ReplicationSlot;
import io.pgbosun.host.ReplicationState;
import io.pgbosun.host.Server;
import io.pgbosun.host.ServerActivity;
import io.pgbosun.host.ServerConfiguration;
import io.pgbosun.host.ServerContent;
import io.pgbosun.host.ServerFacts;
import io.pgbosun.host.ServerSetting;
import io.pgbosun.host.ServerTraces;
import io.pgbosun.host.TableName;
import io.pgbosun.host.TimelineSwitch;
import io.pgbosun.host.WalReceiver;
import io.pgbosun.host.WalSender;
import io.pgbosun.host.Work;
import io.pgbosun.law.Faults.Port;
import io.pgbosun.law.World.Db;
import io.pgbosun.law.World.Directory;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/** A server of the world; a statement that is cut off leaves its session at work, as PostgreSQL does. */
final class WorldServer implements Server {
    static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");

    private final Stage stage;
    private final Endpoint endpoint;

    WorldServer(Stage stage, Endpoint endpoint) {
        this.stage = stage;
        this.endpoint = endpoint;
    }

    private Directory server() {
        var server = stage.world()
                .listening(endpoint.port())
                .orElseThrow(() -> Problem.of(ProblemType.UNREACHABLE, "nothing listens on " + endpoint.display()));
        var password = endpoint.username().equals(server.superuser)
                ? server.password
                : server.content.roles.get(endpoint.username());
        if (password == null || !password.equals(endpoint.password().reveal())) {
            throw failed("password authentication failed for " + endpoint.username());
        }
        endLeftovers(server);
        return server;
    }

    /** As the adapter's sessions do: the first one that a run opens ends those of earlier runs. */
    private void endLeftovers(Directory server) {
        Work.current()
                .filter(work -> work.mustEndLeftoversAt(endpoint.display()))
                .ifPresent(work -> end(server, work.operation(), work.epoch()));
    }

    private void end(Directory server, UUID operation, long beforeEpoch) {
        var at = stage.world().pathOf(server);
        stage.world()
                .leftovers
                .removeIf(left ->
                        at.equals(left.server()) && left.operation().equals(operation) && left.epoch() < beforeEpoch);
    }

    private static Problem failed(String detail) {
        return WorldDumps.failed(detail);
    }

    private <T> T read(String name, Function<Directory, T> read) {
        return stage.faults().read(Port.SQL, name + " at " + endpoint.port(), () -> read.apply(server()));
    }

    private void change(String name, Runnable half, Consumer<Directory> change) {
        changeAnywhere(name, half, server -> {
            if (server.follows != null) {
                throw failed("cannot execute it in a read-only transaction");
            }
            change.accept(server);
        });
    }

    /** What a standby takes too. */
    private void changeAnywhere(String name, Runnable half, Consumer<Directory> change) {
        stage.faults().change(Port.SQL, name + " at " + endpoint.port(), half, () -> change.accept(server()));
    }

    /** A long statement whose client is gone goes on for a while. */
    private Runnable cutOff(String what) {
        return () -> Work.current()
                .filter(work -> stage.faults().dying())
                .ifPresent(work -> stage.world()
                        .leftovers
                        .add(new World.Leftover(
                                work.operation(), work.epoch(), stage.world().pathOf(server()), what)));
    }

    private static Db database(Directory server, String name) {
        var database = server.content.databases.get(name);
        if (database == null) {
            throw failed("database \"" + name + "\" does not exist");
        }
        return database;
    }

    @Override
    public ServerFacts facts() {
        return read("facts", server -> {
            var standby = server.follows != null;
            var lsn = new Lsn(0x3000148);
            return new ServerFacts(
                    server.content.systemIdentifier,
                    150_008,
                    standby,
                    server.timeline,
                    lsn,
                    lsn,
                    standby ? 0.0 : null,
                    false,
                    STARTED.plusSeconds(server.builds));
        });
    }

    @Override
    public List<DatabaseFacts> databases() {
        return read(
                "databases",
                server -> server.content.databases.entrySet().stream()
                        .map(entry -> new DatabaseFacts(entry.getKey(), entry.getValue().owner, "UTF8", 1_000))
                        .toList());
    }

    @Override
    public ServerContent content() {
        var databases = databases();
        return read(
                "content",
                server -> new ServerContent(databases, List.of(), List.copyOf(server.content.roles.keySet())));
    }

    @Override
    public boolean databaseExists(String database) {
        return read("databaseExists " + database, server -> server.content.databases.containsKey(database));
    }

    @Override
    public void createDatabase(String database, String owner) {
        change("createDatabase " + database, cutOff("create database " + database), server -> {
            if (owner != null && !server.content.roles.containsKey(owner)) {
                throw failed("role \"" + owner + "\" does not exist");
            }
            var created = new Db(owner == null ? endpoint.username() : owner);
            if (server.content.databases.putIfAbsent(database, created) != null) {
                throw failed("database \"" + database + "\" already exists");
            }
        });
    }

    @Override
    public void closeDatabase(String database) {
        change("closeDatabase " + database, null, server -> database(server, database).closed = true);
    }

    @Override
    public void openDatabase(String database, String owner) {
        change("openDatabase " + database, cutOff("open database " + database), server -> {
            if (owner != null && !server.content.roles.containsKey(owner)) {
                throw failed("role \"" + owner + "\" does not exist");
            }
            var opened = database(server, database);
            opened.owner = owner == null ? opened.owner : owner;
            opened.closed = false;
        });
    }

    @Override
    public void dropDatabase(String database) {
        change("dropDatabase " + database, null, server -> server.content.databases.remove(database));
    }

    @Override
    public void renameDatabase(String from, String to) {
        change("renameDatabase " + from + " to " + to, null, server -> {
            var database = database(server, from);
            if (server.content.databases.putIfAbsent(to, database) != null) {
                throw failed("database \"" + to + "\" already exists");
            }
            server.content.databases.remove(from);
        });
    }

    @Override
    public boolean roleExists(String role) {
        return read("roleExists " + role, server -> server.content.roles.containsKey(role));
    }

    @Override
    public void createReplicationRole(String role, Secret password) {
        change("createReplicationRole " + role, null, server -> {
            server.content.roles.put(role, password.reveal());
        });
    }

    @Override
    public boolean slotExists(String slot) {
        return read("slotExists " + slot, server -> server.slots.contains(slot));
    }

    @Override
    public void createSlot(String slot) {
        changeAnywhere("createSlot " + slot, null, server -> {
            if (!server.slots.add(slot)) {
                throw failed("replication slot \"" + slot + "\" already exists");
            }
        });
    }

    @Override
    public void dropSlot(String slot) {
        changeAnywhere("dropSlot " + slot, null, server -> server.slots.remove(slot));
    }

    @Override
    public Instant now() {
        return read("now", server -> STARTED);
    }

    @Override
    public Optional<Instant> lastReplayedCommit() {
        return read("lastReplayedCommit", server -> Optional.empty());
    }

    @Override
    public List<String> tablespaces() {
        return read("tablespaces", server -> List.of());
    }

    @Override
    public boolean mayReplicate() {
        return read("mayReplicate", server -> true);
    }

    @Override
    public Optional<Progress> baseBackupProgress() {
        return Optional.empty();
    }

    @Override
    public ServerActivity activity() {
        return read("activity", server -> new ServerActivity(0, 0, 0, ""));
    }

    @Override
    public void promote() {
        changeAnywhere("promote", null, server -> server.follows = null);
    }

    @Override
    public Optional<WalReceiver> walReceiver() {
        return read(
                "walReceiver",
                server -> server.follows != null
                                && stage.world().listening(server.follows).isPresent()
                        ? Optional.of(new WalReceiver(true, 0, 10))
                        : Optional.empty());
    }

    @Override
    public int walTimeline() {
        return read("walTimeline", server -> 1);
    }

    @Override
    public List<TimelineSwitch> timelineHistory() {
        return read("timelineHistory", server -> List.of());
    }

    @Override
    public boolean streamsTo(String applicationName) {
        return read("streamsTo " + applicationName, server -> streaming(server).contains(applicationName));
    }

    private List<String> streaming(Directory server) {
        return stage.world().directories.values().stream()
                .filter(standby -> standby.running
                        && standby.follows != null
                        && standby.follows == endpoint.port()
                        && server.slots.contains(standby.slot))
                .map(standby -> standby.applicationName)
                .toList();
    }

    @Override
    public ReplicationState replication() {
        return read("replication", server -> {
            var names = server.settings.getOrDefault("synchronous_standby_names", "");
            var senders = streaming(server).stream()
                    .map(name -> new WalSender(
                            name,
                            "127.0.0.1",
                            "streaming",
                            names.contains('"' + name + '"') ? "quorum" : "async",
                            null,
                            null,
                            null,
                            0L,
                            null))
                    .toList();
            var slots = server.slots.stream()
                    .map(slot -> new ReplicationSlot(slot, "physical", null, true, "reserved", 0L, null))
                    .toList();
            return new ReplicationState(server.follows != null, null, senders, slots, 10, 10, names);
        });
    }

    @Override
    public List<TableName> tables(String database) {
        return read(
                "tables " + database,
                server -> database(server, database).tables.keySet().stream()
                        .map(TableName::parse)
                        .toList());
    }

    @Override
    public List<String> maintain(
            String database, MaintenanceCommand command, LockGuard guard, Consumer<Progress> progress) {
        Runnable half = () -> {
            cutOff(command.toString()).run();
            if (command instanceof MaintenanceCommand.Reindex reindex && reindex.concurrently()) {
                database(server(), database).indexes.put("orders_pkey_ccnew", false);
            }
        };
        change("maintain " + database + " " + command, half, server -> {
            progress.accept(Progress.phase("at it"));
            database(server, database).maintained.add(command.toString());
        });
        return List.of();
    }

    @Override
    public Lsn createRestorePoint(String name) {
        change("createRestorePoint " + name, null, server -> {});
        return new Lsn(0x3000148);
    }

    @Override
    public Lsn checkpoint() {
        change("checkpoint", null, server -> {});
        return new Lsn(0x3000148);
    }

    @Override
    public List<TableName> invalidIndexes(String database) {
        return read(
                "invalidIndexes " + database,
                server -> database(server, database).indexes.entrySet().stream()
                        .filter(index -> !index.getValue())
                        .map(Map.Entry::getKey)
                        .map(TableName::parse)
                        .toList());
    }

    @Override
    public void dropIndex(String database, TableName index) {
        change(
                "dropIndex " + database + " " + index,
                null,
                server -> database(server, database).indexes.remove(index.name()));
    }

    @Override
    public void script(String database, String sql) {
        change("script in " + database, cutOff("a script in " + database), server -> {
            WorldScript.run(sql, database(server, database).tables);
        });
    }

    @Override
    public long countRows(String database, TableName table) {
        return read(
                "countRows " + database + " " + table,
                server -> Optional.ofNullable(database(server, database).tables.get(table.name()))
                        .orElseThrow(() -> failed("relation \"" + table + "\" does not exist")));
    }

    @Override
    public Optional<Instant> newest(String database, TableName table, String column) {
        return read("newest " + database + " " + table, server -> Optional.of(STARTED));
    }

    @Override
    public Optional<String> value(String database, String sql) {
        return read("value " + database + " " + sql, server -> Optional.of(sql.replaceFirst("select ", "")));
    }

    @Override
    public List<String> amcheck(String database) {
        return read("amcheck " + database, server -> List.of());
    }

    @Override
    public ServerSetting setting(String name) {
        return read("setting " + name, server -> {
            var set = server.settings.getOrDefault(name, "");
            var altered = server.altered.get(name);
            return new ServerSetting(
                    name.equals("archive_mode") ? server.archiveMode : altered == null ? set : altered, altered);
        });
    }

    /** Allowed on a standby too. */
    @Override
    public void alterSystem(String name, String value) {
        stage.faults().change(Port.SQL, "alterSystem " + name + " at " + endpoint.port(), null, () -> {
            if (value == null) {
                server().altered.remove(name);
            } else {
                server().altered.put(name, value);
            }
        });
    }

    @Override
    public void reload() {
        stage.faults().change(Port.SQL, "reload at " + endpoint.port(), null, this::server);
    }

    @Override
    public ServerConfiguration configuration() {
        return read("configuration", server -> new ServerConfiguration(List.of("shared_buffers"), List.of()));
    }

    @Override
    public ArchiverFacts archiver() {
        return read(
                "archiver",
                server -> new ArchiverFacts(0, null, null, 0, null, null, 0, 1, new Lsn(0x3000148), 16 << 20, 7));
    }

    @Override
    public String switchWal() {
        change("switchWal", null, server -> {});
        return "000000010000000000000003";
    }

    @Override
    public ServerTraces traces() {
        return read("traces", server -> new ServerTraces(List.copyOf(server.slots), List.of()));
    }

    @Override
    public int endClients() {
        return stage.faults().read(Port.SQL, "endClients at " + endpoint.port(), () -> 0);
    }

    @Override
    public int endSessions(UUID operation, long beforeEpoch) {
        stage.faults().change(Port.SQL, "endSessions at " + endpoint.port(), null, () -> {
            end(server(), operation, beforeEpoch);
        });
        return 0;
    }
}
