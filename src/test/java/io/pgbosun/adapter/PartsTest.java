package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartsTest {
    private static final long TIB = 1L << 40;

    @Test
    void the_parts_that_a_store_takes_are_enough_for_five_tebibytes() {
        for (int most : List.of(10_000, 50_000)) {
            long bytes = IntStream.rangeClosed(1, most)
                    .mapToLong(number -> Parts.sizeOf(number, most))
                    .sum();
            assertTrue(bytes >= 5 * TIB, bytes + " bytes in " + most);
        }
    }

    @Test
    void parts_begin_small_and_never_outgrow_what_a_store_takes() {
        assertEquals(8L * Streams.MIB, Parts.sizeOf(1, 10_000));
        assertEquals(8L * Streams.MIB, Parts.sizeOf(1000, 10_000));
        assertEquals(16L * Streams.MIB, Parts.sizeOf(1001, 10_000));
        assertEquals(4000L * Streams.MIB, Parts.sizeOf(10_000, 10_000));
        assertEquals(4000L * Streams.MIB, Parts.sizeOf(50_000, 50_000));
    }
}
