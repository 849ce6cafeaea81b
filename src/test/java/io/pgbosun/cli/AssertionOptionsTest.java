package io.pgbosun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AssertionOptionsTest {
    @Test
    void rows_are_at_least_so_many() {
        var orders = "{\"type\":\"ROW_COUNT\",\"database\":\"demo\",\"table\":\"orders\",\"atLeast\":1000}";
        assertEquals(orders, AssertionOptions.rows("demo.orders>=1000").json().toString());
        assertEquals(
                orders, AssertionOptions.rows(" demo.orders >= 1000 ").json().toString());
        assertEquals(
                "sales.orders",
                AssertionOptions.rows("demo.sales.orders>=1")
                        .json()
                        .path("table")
                        .asText());
        assertEquals(
                "my.db",
                AssertionOptions.rows("\"my.db\".orders>=1")
                        .json()
                        .path("database")
                        .asText());
    }

    @Test
    void freshness_takes_an_age_with_its_unit() {
        assertEquals(
                "{\"type\":\"FRESHNESS\",\"database\":\"demo\",\"table\":\"sales.orders\",\"column\":\"created_at\",\"maxAgeSeconds\":7200}",
                AssertionOptions.fresh("demo.sales.orders.created_at<=2h")
                        .json()
                        .toString());
        assertEquals(
                604_800,
                AssertionOptions.fresh("d.t.c<=7d").json().path("maxAgeSeconds").asLong());
    }

    @Test
    void a_query_may_have_equals_signs_of_its_own() {
        assertEquals(
                "{\"type\":\"SQL\",\"database\":\"demo\",\"query\":\"select id = 1 from t where a >= 2\"}",
                AssertionOptions.sql("demo: select id = 1 from t where a >= 2")
                        .json()
                        .toString());
        assertEquals(
                "{\"type\":\"SQL\",\"database\":\"demo\",\"query\":\"select count(*) from t where a = 1\",\"expected\":\"0\"}",
                AssertionOptions.sql("demo: select count(*) from t where a = 1 == 0")
                        .json()
                        .toString());
    }

    @Test
    void what_cannot_be_read_is_answered_with_an_example() {
        assertThrows(Misused.class, () -> AssertionOptions.rows("demo.orders>1000"));
        assertThrows(Misused.class, () -> AssertionOptions.fresh("demo.orders.created_at<=1 week"));
        assertThrows(Misused.class, () -> AssertionOptions.sql("select 1"));
        assertEquals(
                "--rows must be like 'demo.orders>=1000', not 'orders'",
                assertThrows(Misused.class, () -> AssertionOptions.rows("orders"))
                        .getMessage());
    }
}
