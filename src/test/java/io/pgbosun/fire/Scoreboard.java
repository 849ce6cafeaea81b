package io.pgbosun.fire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * Counts the runs of one scenario and how they ended. {@link #show()} prints them in one line and adds the line to
 * {@code target/scenarios/<id>}, from where {@code ./pgbosun test} makes its table.
 */
public final class Scoreboard {
    /** Whether every scenario is tried whole: {@code ./pgbosun test --long}. */
    public static final boolean LONG = Boolean.getBoolean("pgbosun.long");

    private static final Path FOLDER = Path.of("target/scenarios");

    private final String scenario;
    private final String note;
    private final Set<String> invariants = new TreeSet<>();
    private int runs;
    private int passes;
    private long slowestRecoveryNanos = -1;

    private Scoreboard(String scenario, String note) {
        this.scenario = scenario;
        this.note = note;
    }

    /** For a scenario such as {@code R3}; the note says in some words what this part of it tries. */
    public static Scoreboard of(String scenario, String note) {
        return new Scoreboard(scenario, note);
    }

    /** The whole of a scenario is long, what fits beside all other tests is short. */
    public static int size(int usual, int whole) {
        return LONG ? whole : usual;
    }

    /** What can go wrong in a run. */
    public interface Body {
        void run() throws Exception;
    }

    /** One run: it passes when it throws nothing, and what it throws is thrown on. */
    public void run(Body body) {
        count(1);
        try {
            body.run();
        } catch (RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        passed(1);
    }

    /** Runs that were counted elsewhere. */
    public synchronized void count(int some) {
        runs += some;
    }

    public synchronized void passed(int some) {
        passes += some;
    }

    /** How long it took until all was well again. */
    public synchronized void recovered(Duration after) {
        slowestRecoveryNanos = Math.max(slowestRecoveryNanos, after.toNanos());
    }

    /** Names invariants that were checked, such as {@code I3}. */
    public synchronized void checked(String... names) {
        invariants.addAll(Set.of(names));
    }

    /** Prints the line and keeps it; call it once, when all runs are over. */
    public synchronized void show() {
        var line = toString();
        System.out.println(line);
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(
                    FOLDER.resolve(scenario),
                    line + System.lineSeparator(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized String toString() {
        return "SCENARIO %s runs=%d passes=%d slowestRecoveryMillis=%s invariants=%s note=%s"
                .formatted(
                        scenario,
                        runs,
                        passes,
                        slowestRecoveryNanos < 0 ? "-" : slowestRecoveryNanos / 1_000_000,
                        invariants.isEmpty() ? "-" : String.join(",", invariants),
                        note);
    }
}
