package io.pgbosun.process;

import java.time.Duration;

/**
 * A trigger in the control database at which the service stands still: at one event of whatever runs, when all that is
 * written with it is done and not yet committed. A moment as exact as can be, without a word of it in the product.
 */
final class Gate implements AutoCloseable {
    private static final long LOCK = 1_734_437_989;
    private static final String TRIGGER = """
            create table if not exists gate (number bigint not null);
            create or replace function stand_at_gate() returns trigger language plpgsql as $$
            begin
              if exists (select from gate where number = new.number) then
                perform pg_advisory_xact_lock_shared(%d);
              end if;
              return new;
            end $$;
            create or replace trigger gate before insert on operation_event for each row execute function stand_at_gate();
            """.formatted(LOCK);
    private static final String WAITING =
            " from pg_locks where locktype = 'advisory' and not granted and classid = 0 and objid = " + LOCK;

    private final ControlDatabase.Session session;

    Gate(ControlDatabase store) {
        session = store.open();
        session.run(TRIGGER);
    }

    /** From now on, the event of that number is not written. */
    void shut(long number) {
        session.run("select pg_advisory_lock(" + LOCK + ")");
        session.run("delete from gate");
        session.run("insert into gate values (" + number + ")");
    }

    /** Whether the service stands there. */
    boolean reached() {
        return !session.values("select pid" + WAITING).isEmpty();
    }

    /** Lets what stands there commit. It has read the table: a truncate would wait for it, while it waits for us. */
    void open() {
        session.run("delete from gate");
        session.run("select pg_advisory_unlock_all()");
    }

    /** Ends the session that stands there: nothing of it is committed. */
    void refuse() {
        session.run("select pg_terminate_backend(pid)" + WAITING);
        Eventually.until("the session at the gate has ended", Duration.ofSeconds(10), () -> !reached());
        open();
    }

    @Override
    public void close() {
        session.close();
    }
}
