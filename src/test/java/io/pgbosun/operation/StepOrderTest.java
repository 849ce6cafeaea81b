package io.pgbosun.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.Api;
import io.pgbosun.TestHome;
import io.pgbosun.operation.GroupWrites.StepsWrite;
import io.pgbosun.operation.Journal.Entry;
import io.pgbosun.operation.Journal.State;
import io.pgbosun.store.Store;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Steps are shown in the order in which they were begun, however their writes are put together. */
@QuarkusTest
@WithTestResource(TestHome.class)
class StepOrderTest {
    @Inject
    Store store;

    @Inject
    OperationStore operations;

    @Test
    void steps_keep_their_order_when_the_end_of_one_is_written_with_the_intent_of_the_next() {
        var id = Ids.next();
        store.update("""
                insert into operation (id, kind, target, state, spec, principal, channel, fingerprint, risk, cancel_effect,
                  timeout_seconds, lease_epoch, lease_until, started_at, last_event)
                values ($1, 'no-op', 'clusters/none', 'RUNNING', '{}', 'planted', 'REST', '', 'LOW', 'SAFE', 60, 1,
                  now() + interval '1 hour', now(), 1)
                """, id);
        try {
            write(id, false, new Entry("a", State.FOUND, null), new Entry("d", State.INTENT, null));
            write(id, false, new Entry("d", State.DONE, null), new Entry("c", State.INTENT, null));
            write(id, true, new Entry("d", State.DONE, null), new Entry("c", State.INTENT, null));
            write(id, false, new Entry("c", State.DONE, null));
            write(id, false, new Entry("b", State.FOUND, null));
            var shown = Api.admin().get("/v1/operations/" + id).jsonPath();
            assertEquals(List.of("a", "d", "c", "b"), shown.getList("steps.name"));
            assertEquals(List.of("FOUND", "DONE", "DONE", "FOUND"), shown.getList("steps.state"));
            var places = store.query("select place from operation_step where operation = $1", id).stream()
                    .map(row -> row.integer("place"))
                    .toList();
            assertEquals(places.stream().distinct().toList(), places, "each step has a place of its own");
            var numbers = store
                    .query(
                            "select number from operation_event where operation = $1 and type = 'STEP' order by number",
                            id)
                    .stream()
                    .map(row -> row.number("number"))
                    .toList();
            assertEquals(List.of(2L, 3L, 4L, 5L, 6L, 7L), numbers, "what is written again is told once");
        } finally {
            store.update("delete from operation_step where operation = $1", id);
            store.update("delete from operation_event where operation = $1", id);
            store.update("delete from operation where id = $1", id);
        }
    }

    private void write(UUID id, boolean again, Entry... entries) {
        assertTrue(new GroupWrites(store, operations).steps(new StepsWrite(id, 1, List.of(entries), again)));
    }
}
