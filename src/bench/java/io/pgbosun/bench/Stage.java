package io.pgbosun.bench;

import io.pgbosun.adapter.Inhabitants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A folder, a PostgreSQL server and the services of one run; all of it is gone when the run ends, however it ends. */
final class Stage implements AutoCloseable {
    static final int CLUSTERS = 100;

    private final Path folder;
    private final Postgres postgres;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final boolean quick;
    private int services;
    private boolean closed;

    Stage(boolean quick) {
        this.quick = quick;
        try {
            folder = Files.createTempDirectory("pgbosun-bench");
            Files.createDirectories(folder.resolve("homes"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        postgres = kept(new Postgres(folder));
    }

    /** Closes it at the end of the run at the latest. */
    synchronized <T extends AutoCloseable> T kept(T thing) {
        open.push(thing);
        return thing;
    }

    Postgres postgres() {
        return postgres;
    }

    /** For files that go with the run. */
    Path folder() {
        return folder;
    }

    boolean quick() {
        return quick;
    }

    /** Seconds for something that takes so long in a whole run. */
    int seconds(int whole) {
        return quick ? Math.max(2, whole / 3) : whole;
    }

    /** Another service over the same control database, with the same keys and the same first token. */
    Service service(String roles) {
        return service(roles, Map.of());
    }

    Service service(String roles, Map<String, String> settings) {
        var home = folder.resolve("homes").resolve(String.valueOf(services++));
        var first = folder.resolve("homes").resolve("0").resolve("token");
        try {
            Files.createDirectories(home);
            if (Files.exists(first)) {
                Files.copy(first, home.resolve("token"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var all = new HashMap<>(Map.of(
                "PGBOSUN_ROLES",
                roles,
                "PGBOSUN_KEY_FILE",
                folder.resolve("keys").toString(),
                "PGBOSUN_REQUESTS_PER_SECOND",
                "0",
                "PGBOSUN_STORE_URL",
                storeUrl(postgres.port())));
        all.putAll(settings);
        var service = kept(new Service(home, folder.resolve("service.log"), all));
        postgres.run("""
                insert into cluster (name, driver, origin, labels, username, ssl_mode)
                select 'bench-' || n, 'NATIVE', 'REGISTERED', '{"team":"bench"}', 'postgres', 'disable'
                from generate_series(1, %d) n on conflict do nothing
                """.formatted(CLUSTERS));
        return service;
    }

    /** Forgets all operations; no service may run. */
    void reset() {
        if (services > 0) {
            postgres.run("truncate operation, operation_event, operation_step, audit_entry cascade");
        }
    }

    /** Does at once what PostgreSQL would do in the background after much was written, in the midst of what is measured. */
    void settle() {
        postgres.run(Postgres.DATABASE, "vacuum (analyze)", "checkpoint");
    }

    /** Waits until every operation has ended. */
    void awaitEnds() {
        await(
                "the end of all operations",
                () -> "f".equals(postgres.value("select exists (select 1 from operation where ended_at is null)")));
    }

    void await(String what, BooleanSupplier condition) {
        await(what, 180, condition);
    }

    void await(String what, int seconds, BooleanSupplier condition) {
        var end = System.nanoTime() + seconds * 1_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited in vain for " + what);
            }
            Service.pause(100);
        }
    }

    static String storeUrl(int port) {
        return "postgresql://postgres:none@127.0.0.1:" + port + "/" + Postgres.DATABASE;
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    Path file(String name, String content) {
        try {
            return Files.writeString(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.err.println("bench: " + e);
            }
        }
        Inhabitants.kill(folder); // what a run that was interrupted was just starting, and servers of clusters
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            System.err.println("bench: " + e);
        }
    }
}
