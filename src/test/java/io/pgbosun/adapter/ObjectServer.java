package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.fail;

import io.pgbosun.host.ObjectStore;
import io.pgbosun.secret.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A real server of object storage on loopback: a process of our own, which ends with us whatever happens. */
public abstract sealed class ObjectServer implements AutoCloseable permits S3Server, AzureServer {
    /** A bucket or container that is there. */
    public static final String PLACE = "backups";

    private static final Duration START = Duration.ofSeconds(60);

    final Path home = RealPostgres.home();
    final int port = new LocalPgPrograms().freePort();
    private Process process;
    private Thread hook;

    /** The store at a bucket or container, over the port of this server or of something before it. */
    abstract ObjectStore at(String place, String prefix, Secret secret, int port, PartSpace space);

    /** The secret that it accepts. */
    public abstract Secret secret();

    /** What creates a repository there, as JSON. */
    public abstract String repository(String name, String place, Secret secret);

    /** A bucket or container of this name, which is made when it is not there. */
    public abstract Bucket bucket(String place);

    /** Begins to store an object and never ends. */
    abstract void begin(String fullKey);

    ObjectStore at(String prefix) {
        return at(PLACE, prefix, secret(), port, space());
    }

    PartSpace space() {
        return new PartSpace(home.resolve("parts"), 64);
    }

    /** What `src/test/stores/install` gets. */
    static Path installed(String path) {
        var there = Path.of(path).toAbsolutePath();
        if (!Files.exists(there)) {
            fail(there + " is not there: run src/test/stores/install");
        }
        return there;
    }

    void run(List<String> command) {
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(home.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var started = process;
        hook = new Thread(started::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(hook);
        awaitAnswer();
    }

    private void awaitAnswer() {
        long deadline = System.nanoTime() + START.toNanos();
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                var log = log();
                close();
                fail("no server of objects: " + log);
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    private boolean answers() {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    String log() {
        try {
            return Files.readString(home.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when it is gone. */
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(hook);
        FileTree.remove(home);
    }
}
