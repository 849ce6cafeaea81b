package io.pgbosun.fire;

import java.util.Random;

/**
 * Where a test that leaves something to chance takes it from. The seed is printed; {@code -Dpgbosun.seed=…} plays the
 * same again. Whole runs draw a new one each time; others have always the same, so that a change is judged by what it
 * changes and not by luck.
 */
public record Seed(long value) {
    private static final String PROPERTY = "pgbosun.seed";

    private static final long USUAL = 115478619406888L;

    /** The seed that was asked for, a new one in a whole run, or else the usual one. */
    public static Seed of(Class<?> test) {
        var drawn = System.nanoTime() ^ ProcessHandle.current().pid() << 32;
        var seed = new Seed(Long.getLong(PROPERTY, Boolean.getBoolean("pgbosun.long") ? drawn : USUAL));
        System.out.printf("%s: -D%s=%d%n", test.getSimpleName(), PROPERTY, seed.value());
        return seed;
    }

    /** The chance of one part of a test, which does not depend on how often other parts have asked. */
    public Random random(Object part) {
        return new Random(value * 31 + part.toString().hashCode());
    }
}
