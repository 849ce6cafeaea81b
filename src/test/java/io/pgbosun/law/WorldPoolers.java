package io.pgbosun.law;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PoolerConsole;
import io.pgbosun.host.PoolerConsoles;
import io.pgbosun.host.PoolerDatabase;
import io.pgbosun.host.PoolerFiles;
import io.pgbosun.host.PoolerPool;
import io.pgbosun.host.PoolerSocket;
import io.pgbosun.host.PoolerStats;
import io.pgbosun.law.Faults.Port;
import io.pgbosun.law.World.PgBouncer;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** PgBouncers of the world: each reads the file that it is configured by when it is told to. */
@Alternative
@Singleton
class WorldPoolers implements PoolerConsoles, PoolerFiles {
    private final Stage stage;

    WorldPoolers(Stage stage) {
        this.stage = stage;
    }

    @Override
    public PoolerConsole at(Endpoint endpoint) {
        return new Console(endpoint.port());
    }

    @Override
    public Optional<String> read(Path file) {
        return stage.faults()
                .read(
                        Port.FILES,
                        "read " + file,
                        () -> Optional.ofNullable(stage.world().files.get(file.toString()))
                                .map(World.StoredFile::text));
    }

    /** Half of it is nothing, for it is renamed. */
    @Override
    public void write(Path file, Optional<String> content) {
        stage.faults().change(Port.FILES, "write " + file, null, () -> {
            stage.world().files.remove(file.toString());
            content.ifPresent(text -> stage.world().files.put(file.toString(), World.StoredFile.of(text)));
        });
    }

    @Override
    public void requireIncluded(Path file, Path by) {
        stage.faults().read(Port.FILES, "requireIncluded " + file, () -> by);
    }

    private final class Console implements PoolerConsole {
        private final int port;

        Console(int port) {
            this.port = port;
        }

        private PgBouncer pooler() {
            return Optional.ofNullable(stage.world().poolers.get(port))
                    .orElseThrow(() -> Problem.of(ProblemType.UNREACHABLE, "no pooler listens on " + port));
        }

        private <T> T read(String what, Function<PgBouncer, T> read) {
            return stage.faults().read(Port.SQL, what + " of the pooler", () -> read.apply(pooler()));
        }

        private void change(String what, Runnable half, Consumer<PgBouncer> change) {
            stage.faults().change(Port.SQL, what + " at the pooler", half, () -> change.accept(pooler()));
        }

        @Override
        public String version() {
            return read("version", pooler -> "1.18.0");
        }

        @Override
        public List<PoolerDatabase> databases() {
            return read(
                    "databases",
                    pooler -> pooler.databases.entrySet().stream()
                            .map(entry -> row(entry.getKey(), entry.getValue(), pooler))
                            .toList());
        }

        private static PoolerDatabase row(String name, int port, PgBouncer pooler) {
            return new PoolerDatabase(
                    name,
                    "127.0.0.1",
                    port,
                    name,
                    null,
                    20,
                    0,
                    0,
                    "transaction",
                    0,
                    0,
                    pooler.paused.contains(name),
                    pooler.disabled.contains(name));
        }

        @Override
        public List<PoolerPool> pools() {
            return read("pools", pooler -> List.of());
        }

        @Override
        public List<PoolerSocket> clients() {
            return read("clients", pooler -> List.of());
        }

        @Override
        public List<PoolerSocket> servers() {
            return read("servers", pooler -> List.of());
        }

        @Override
        public List<PoolerStats> stats() {
            return read("stats", pooler -> List.of());
        }

        @Override
        public Map<String, String> config() {
            return read("config", pooler -> Map.of("conffile", "/srv/pgbouncer.ini", "pool_mode", "transaction"));
        }

        @Override
        public void requireAdmin() {
            read("requireAdmin", pooler -> true);
        }

        @Override
        public boolean isPaused(String database) {
            return read("isPaused " + database, pooler -> pooler.paused.contains(database));
        }

        /** It stays so when whoever asked for it is gone. */
        @Override
        public void pause(String database, Duration atMost) {
            change("pause " + database, () -> pooler().paused.add(database), pooler -> pooler.paused.add(database));
        }

        @Override
        public void resume(String database) {
            change("resume " + database, null, pooler -> pooler.paused.remove(database));
        }

        @Override
        public void kill(String database) {
            change("kill " + database, () -> pooler().paused.add(database), pooler -> pooler.paused.add(database));
        }

        @Override
        public void reconnect(String database) {
            change("reconnect " + database, null, pooler -> {});
        }

        @Override
        public void disable(String database) {
            change("disable " + database, null, pooler -> pooler.disabled.add(database));
        }

        @Override
        public void enable(String database) {
            change("enable " + database, null, pooler -> pooler.disabled.remove(database));
        }

        @Override
        public void reload() {
            change("reload", null, pooler -> pooler.read(stage.world().files.get(pooler.file)));
        }
    }
}
