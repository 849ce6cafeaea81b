package io.pgbosun.doctor;

import io.pgbosun.host.Traces;
import jakarta.inject.Singleton;
import java.util.List;

/** Programs of runs that are over. */
@Singleton
class ProcessesLeft {
    private final Traces traces;
    private final ActiveWork active;

    ProcessesLeft(Traces traces, ActiveWork active) {
        this.traces = traces;
        this.active = active;
    }

    /** A mark that is not known here is of another installation on this host. */
    void examine(Examination examination) {
        var marked = traces.processes().stream()
                .filter(process -> process.work().isPresent())
                .toList();
        examination.examined(marked.size());
        List<String> tags =
                marked.stream().map(process -> process.work().orElseThrow()).toList();
        var known = active.read(tags);
        for (var process : marked) {
            var tagged = known.get(process.work().orElseThrow());
            if (tagged != null && tagged.over()) {
                examination.fail(
                        "process " + process.pid(),
                        "It is a program of %s, epoch %d, which is over (%s)."
                                .formatted(Examination.operation(tagged.operation()), tagged.epoch(), tagged.state()),
                        "End it: kill " + process.pid());
            }
        }
    }
}
