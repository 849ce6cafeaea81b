package io.pgbosun.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgbosun.replication.ConfigureReplication.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class SynchronousStandbysTest {
    @Test
    void the_setting_is_read_in_all_its_forms() {
        assertEquals(new SynchronousStandbys(0, List.of()), SynchronousStandbys.parse(" "));
        assertEquals(new SynchronousStandbys(1, List.of("a", "b")), SynchronousStandbys.parse("a, b"));
        assertEquals(new SynchronousStandbys(1, List.of("*")), SynchronousStandbys.parse("*"));
        assertEquals(new SynchronousStandbys(2, List.of("a", "b-1")), SynchronousStandbys.parse("2 (a, \"b-1\")"));
        assertEquals(new SynchronousStandbys(1, List.of("a", "b")), SynchronousStandbys.parse("any 1 (a,b)"));
        assertEquals(
                new SynchronousStandbys(2, List.of("a\"b", "c (d)")),
                SynchronousStandbys.parse("FIRST 2 (\"a\"\"b\", \"c (d)\")"));
    }

    @Test
    void who_counts_is_found_by_name_and_once() {
        var any = SynchronousStandbys.parse("ANY 1 (\"orders-1\", \"Orders-2\")");
        assertEquals(1, any.among(List.of("orders-2", "orders-2", "orders-3")));
        assertEquals(2, SynchronousStandbys.parse("*").among(List.of("orders-2", "walreceiver")));
    }

    @Test
    void it_is_written_as_it_is_read() {
        var two = new SynchronousStandbys(2, List.of("orders-1", "orders-2", "orders-3"));
        assertEquals("FIRST 2 (\"orders-1\", \"orders-2\", \"orders-3\")", two.text(Method.FIRST));
        assertEquals(two, SynchronousStandbys.parse(two.text(Method.ANY)));
        assertEquals("", new SynchronousStandbys(0, List.of("orders-1")).text(Method.ANY));
    }
}
