package io.pgbosun.law;

import io.pgbosun.host.Progress;
import io.pgbosun.law.Faults.Port;
import io.pgbosun.law.Faults.Sort;
import io.pgbosun.operation.Journal;
import io.pgbosun.problem.ProblemBody;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A journal in memory; a service can die before and after each of its writes. */
final class WorldJournal implements Journal {
    private final Faults faults;
    private final Map<String, Entry> entries = new HashMap<>();
    private ProblemBody undoing;
    private boolean committed;

    WorldJournal(Faults faults) {
        this.faults = faults;
    }

    private void write(String name, Runnable write) {
        faults.call(Sort.JOURNAL, Port.JOURNAL, "journal: " + name, null, () -> {
            write.run();
            return null;
        });
    }

    @Override
    public Map<String, Entry> entries() {
        return Map.copyOf(entries);
    }

    @Override
    public Optional<ProblemBody> undoing() {
        return Optional.ofNullable(undoing);
    }

    @Override
    public void intent(String step) {
        write("intent, " + step, () -> entries.putIfAbsent(step, new Entry(State.INTENT, null)));
    }

    @Override
    public void done(String step, State state, String answer) {
        write("done, " + step, () -> entries.put(step, new Entry(state, answer)));
    }

    @Override
    public void undoing(ProblemBody why) {
        write("undoing", () -> undoing = why);
    }

    @Override
    public void undone(String step) {
        write("undone, " + step, () -> entries.put(step, new Entry(State.UNDONE, null)));
    }

    @Override
    public boolean isCommitted() {
        return committed;
    }

    @Override
    public void committed() {
        write("committed", () -> committed = true);
    }

    @Override
    public void progress(String step, Progress progress) {}

    @Override
    public void warn(String message) {}
}
