package io.pgbosun.operation;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Gathers what a handler finds before anything is done. */
public final class Checks {
    private final Clock clock;
    private final List<Check> found = new ArrayList<>();
    private final List<String> locks = new ArrayList<>();
    private final List<String> facts = new ArrayList<>();
    private long diskBytes;

    public Checks(Clock clock) {
        this.clock = clock;
    }

    /** How a check came out. */
    public enum Verdict {
        PASS,
        WARN,
        BLOCK
    }

    /**
     * One check.
     *
     * @param name what was looked at
     * @param verdict how it came out
     * @param value what was seen
     * @param threshold what was wanted
     * @param measuredAt when it was seen
     * @param remedy what to do when it did not pass
     */
    public record Check(
            String name, Verdict verdict, String value, String threshold, Instant measuredAt, String remedy) {}

    /** Adds a check that passes when {@code good}, and otherwise warns. */
    public void want(String name, boolean good, Object value, String threshold, String remedy) {
        add(name, good ? Verdict.PASS : Verdict.WARN, value, threshold, remedy);
    }

    /** Adds a check that passes when {@code good}, and otherwise blocks. */
    public void need(String name, boolean good, Object value, String threshold, String remedy) {
        add(name, good ? Verdict.PASS : Verdict.BLOCK, value, threshold, remedy);
    }

    private void add(String name, Verdict verdict, Object value, String threshold, String remedy) {
        found.add(new Check(
                name,
                verdict,
                String.valueOf(value),
                threshold,
                clock.instant(),
                verdict == Verdict.PASS ? "" : remedy));
    }

    /** Tells of a lock that will be taken, such as {@code ACCESS EXCLUSIVE on every table of shop}. */
    public void takesLock(String lock) {
        locks.add(lock);
    }

    /** Tells of disk space that will be needed, in bytes. */
    public void needsDisk(long bytes) {
        diskBytes += bytes;
    }

    /** A fact on which the plan rests: when it changes, the plan has drifted. */
    public void restsOn(String name, Object value) {
        facts.add(name + "=" + value);
    }

    public List<Check> found() {
        return List.copyOf(found);
    }

    List<String> facts() {
        return List.copyOf(facts);
    }

    Plan.BlastRadius blastRadius() {
        return new Plan.BlastRadius(List.copyOf(locks), diskBytes);
    }

    /** The checks that block. */
    public List<Check> blocking() {
        return found.stream().filter(check -> check.verdict() == Verdict.BLOCK).toList();
    }
}
