package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.TableName;
import io.pgbosun.problem.ProblemType;
import org.junit.jupiter.api.Test;

class IdentifiersTest {
    @Test
    void quotes_are_doubled() {
        assertEquals("\"a\"\"b\"", Identifiers.quote("a\"b"));
        assertEquals("\"s.x\".\"T\"", Identifiers.quote(new TableName("s.x", "T")));
    }

    @Test
    void names_that_PostgreSQL_cannot_hold_are_refused() {
        for (var name : new String[] {"", "a\0b", "n".repeat(64), "名".repeat(22)}) {
            var problem = Soon.problemOf(() -> Identifiers.quote(name));
            assertEquals(ProblemType.NOT_POSSIBLE, problem.type());
            assertTrue(problem.detail().contains("name"));
        }
    }
}
