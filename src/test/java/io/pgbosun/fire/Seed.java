package io.pgbosun.fire;

import java.util.Random;

/**
 * Where a test that leaves something to chance takes it from. The seed is printed; {@code -Dpgbosun.seed=…} plays the
 * same again.
 */
public record Seed(long value) {
    private static final String PROPERTY = "pgbosun.seed";

    /** A new seed, or the one that was asked for. */
    public static Seed of(Class<?> test) {
        var seed = new Seed(Long.getLong(
                PROPERTY, System.nanoTime() ^ ProcessHandle.current().pid() << 32));
        System.out.printf("%s: -D%s=%d%n", test.getSimpleName(), PROPERTY, seed.value());
        return seed;
    }

    /** The chance of one part of a test, which does not depend on how often other parts have asked. */
    public Random random(Object part) {
        return new Random(value * 31 + part.toString().hashCode());
    }
}
