package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** A node of {@link RealPatroni}: a Patroni, its PostgreSQL, and a folder that holds all of both. */
public final class RealPatroniNode {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final PostgresBin BIN = PostgresBin.find(System.getenv());

    public final String name;
    public final Path folder;

    /** Of PostgreSQL. */
    public final int port = new LocalPgPrograms().freePort();

    /** Of Patroni. */
    public final int restPort = new LocalPgPrograms().freePort();

    private final RealPatroni cluster;
    private final Set<ProcessHandle> killed = new HashSet<>();
    private Process patroni;

    RealPatroniNode(RealPatroni cluster, String name) {
        this.cluster = cluster;
        this.name = name;
        folder = cluster.folder.resolve(name);
    }

    /** Where its REST API is. */
    public URI url() {
        return URI.create((cluster.shape.https() ? "https" : "http") + "://127.0.0.1:" + restPort);
    }

    /** How to log in as {@code postgres}. */
    public Endpoint endpoint() {
        return new Endpoint("127.0.0.1", port, "postgres", RealPatroni.PASSWORD, "disable");
    }

    public Path data() {
        return folder.resolve("data");
    }

    /** What Patroni and PostgreSQL have said. */
    public String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last lines of that. */
    String end() {
        var lines = log().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    }

    /** Whether its Patroni runs, be it paused. */
    public boolean isUp() {
        return patroni != null && patroni.isAlive();
    }

    /** Whether its PostgreSQL answers and is no standby: who holds the leader key may still be on its way to that. */
    public boolean takesWrites() {
        try {
            return !new JdbcServers().at(endpoint()).facts().inRecovery();
        } catch (Problem doesNotAnswer) {
            return false;
        }
    }

    /** Starts its Patroni, for the first time or again, which sees to its PostgreSQL; waits for neither. */
    public void start() {
        awaitReaped();
        var program = Path.of(RealPatroni.program("PGBOSUN_PATRONI", "/usr/bin/patroni"));
        try {
            Files.createDirectories(folder);
            var file = Files.writeString(folder.resolve("patroni.yml"), configuration());
            var builder = new ProcessBuilder(program.toString(), file.toString())
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("log").toFile()));
            // where the modules are when the package is unpacked elsewhere
            var modules = program.resolveSibling("../lib/python3/dist-packages").normalize();
            builder.environment().put("PYTHONPATH", modules.toString());
            if (BIN.libraries() != null) {
                builder.environment().put("LD_LIBRARY_PATH", BIN.libraries().toString());
            }
            patroni = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** PostgreSQL is taken for running as long as a process with its number is there, a dead one too. */
    private void awaitReaped() {
        Soon.until(
                LIMIT,
                "the dead processes of " + name + " are gone",
                () -> killed.stream()
                        .noneMatch(process -> Files.exists(Path.of("/proc", String.valueOf(process.pid())))));
        killed.clear();
    }

    /** SIGKILL of Patroni alone: its PostgreSQL goes on, with nobody to look after it. */
    public void killPatroni() {
        if (patroni != null) {
            patroni.destroyForcibly().onExit().join();
        }
    }

    /** SIGKILL of all there is: what is left when a host dies. */
    public void killAll() {
        killPatroni();
        killed.addAll(Inhabitants.kill(folder));
    }

    /** SIGSTOP of Patroni alone: it keeps connections and answers nothing. */
    public void pausePatroni() {
        signal("STOP", patroni.toHandle());
    }

    /** SIGSTOP of all there is: what a host looks like that hangs. */
    public void pause() {
        Inhabitants.of(folder).forEach(process -> signal("STOP", process));
    }

    /** SIGCONT, after either of them. */
    public void resume() {
        Inhabitants.of(folder).forEach(process -> signal("CONT", process));
    }

    static void signal(String signal, ProcessHandle process) {
        try {
            new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String configuration() {
        return """
                scope: %1$s
                name: %2$s
                restapi:
                  listen: 127.0.0.1:%3$d
                  connect_address: 127.0.0.1:%3$d
                  authentication:
                    username: %4$s
                    password: %5$s
                %6$s
                etcd3:
                  hosts: 127.0.0.1:%7$d
                bootstrap:
                  dcs:
                    ttl: %8$d
                    loop_wait: %9$d
                    retry_timeout: %10$d
                    postgresql:
                      use_pg_rewind: true
                  initdb:
                    - data-checksums
                    - encoding: UTF8
                    - locale: C.UTF-8
                postgresql:
                  listen: 127.0.0.1:%11$d
                  connect_address: 127.0.0.1:%11$d
                  data_dir: %12$s
                  bin_dir: %13$s
                  pgpass: %14$s
                  authentication:
                    superuser: {username: postgres, password: %15$s}
                    replication: {username: replicator, password: %15$s}
                    rewind: {username: rewinder, password: %15$s}
                  pg_hba:
                    - host all all 127.0.0.1/32 scram-sha-256
                    - host replication replicator 127.0.0.1/32 scram-sha-256
                  parameters:
                    unix_socket_directories: ''
                    fsync: '%16$s'
                """.formatted(
                        RealPatroni.SCOPE,
                        name,
                        restPort,
                        RealPatroni.USER,
                        quoted(RealPatroni.REST_PASSWORD.reveal()),
                        cluster.shape.https() ? https() : "",
                        cluster.etcdPort(),
                        cluster.shape.ttl(),
                        cluster.shape.loopWait(),
                        cluster.shape.retryTimeout(),
                        port,
                        data(),
                        BIN.directory(),
                        folder.resolve("pgpass"),
                        quoted(RealPatroni.PASSWORD.reveal()),
                        cluster.shape.durable() ? "on" : "off");
    }

    /** The end of {@code restapi}, and what trusts the others. */
    private String https() {
        return """
                  certfile: %1$s/certificate.pem
                  keyfile: %1$s/key.pem
                ctl:
                  cacert: %1$s/ca.pem""".formatted(cluster.folder);
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
