package io.pgbosun.doctor;

import io.pgbosun.store.Store;
import jakarta.inject.Singleton;

/** I9: what operations make for a while is gone when they have ended. */
@Singleton
class NothingLeft implements Invariant {
    private static final String LOCKS = """
            select l.operation, l.resource, o.state from operation_lock l join operation o on o.id = l.operation
            where o.ended_at is not null or (l.held and o.state not in ('RUNNING', 'CANCELLING', 'STUCK')) limit 100
            """;
    private static final String MISSING = """
            select o.id as operation, l.resource, o.state from operation o
            cross join lateral jsonb_to_recordset(o.locks) as l(resource text, exclusive boolean)
            where o.state in ('QUEUED', 'RUNNING', 'CANCELLING', 'STUCK')
              and not exists (select from operation_lock k where k.operation = o.id and k.resource = l.resource) limit 100
            """;

    private final Store store;
    private final FilesLeft files;
    private final ServersLeft servers;
    private final ProcessesLeft processes;

    NothingLeft(Store store, FilesLeft files, ServersLeft servers, ProcessesLeft processes) {
        this.store = store;
        this.files = files;
        this.servers = servers;
        this.processes = processes;
    }

    @Override
    public String id() {
        return "I9";
    }

    @Override
    public String title() {
        return "Nothing is left over of operations that have ended: locks, files, slots, sessions, processes.";
    }

    @Override
    public void examine(Scope scope, Examination examination) {
        locks(examination);
        files.examine(examination);
        servers.examine(examination);
        processes.examine(examination);
    }

    private void locks(Examination examination) {
        examination.examined(store.one("select count(*) as count from operation_lock")
                .orElseThrow()
                .number("count"));
        for (var row : store.query(LOCKS)) {
            examination.fail(
                    Examination.operation(row),
                    "It is %s and has still a lock on %s.".formatted(row.text("state"), row.text("resource")),
                    "On the control database: delete from operation_lock where operation = '%s' and resource = '%s'."
                            .formatted(row.uuid("operation"), row.text("resource")));
        }
        for (var row : store.query(MISSING)) {
            examination.fail(
                    Examination.operation(row),
                    "It is %s and has no place in the line for %s.".formatted(row.text("state"), row.text("resource")),
                    "Cancel it before it meets another one: ./pgbosun operations cancel " + row.uuid("operation")
                            + ".");
        }
    }
}
