package io.pgbosun.law;

import io.pgbosun.host.Progress;
import io.pgbosun.law.Faults.Port;
import io.pgbosun.law.Faults.Sort;
import io.pgbosun.operation.Journal;
import io.pgbosun.problem.ProblemBody;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A journal in memory; a service can die before and after each of its writes. */
final class WorldJournal implements Journal {
    private static final String AND = " and then ";

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
    public void write(List<Entry> steps) {
        var name =
                steps.stream().map(entry -> entry.state() + " " + entry.step()).collect(Collectors.joining(AND));
        write(name, () -> steps.forEach(entry -> entries.put(entry.step(), entry)));
    }

    /** The steps that a write of that name is of. */
    static Stream<String> steps(String write) {
        return Stream.of(write.split(Pattern.quote(AND))).map(one -> one.substring(one.indexOf(' ') + 1));
    }

    @Override
    public void undoing(ProblemBody why) {
        write("undoing", () -> undoing = why);
    }

    @Override
    public void undone(String step) {
        write("undone, " + step, () -> entries.put(step, new Entry(step, State.UNDONE, null)));
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
