package io.pgbosun.adapter;

import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/** A {@link Program} on a host that is reached by SSH. */
final class SshProgram extends Program {
    private final SshConnection connection;
    private final String binDirectory;

    /**
     * A program there.
     *
     * @param binDirectory null for the newest that is there
     */
    SshProgram(SshConnection connection, String binDirectory, String name, List<String> arguments) {
        super(name, arguments);
        this.connection = connection;
        this.binDirectory = binDirectory;
    }

    @Override
    ProgramOutcome run() {
        var work = Work.current();
        var outcome =
                preparation != null && work.isPresent() ? new SshJob(connection, this, work.get()).run() : super.run();
        if (HostLauncher.hasRefused(outcome)) {
            throw Problem.notPossible(
                    name + " cannot be run on " + connection.name() + ": " + HostLauncher.reason(outcome) + ".");
        }
        return outcome;
    }

    @Override
    Running start() {
        var running = connection.run(HostLauncher.request("run", request()), launcher);
        if (input == null) {
            running.tell(new byte[0]);
        }
        return running;
    }

    /** As the launcher takes a program. */
    List<String> request() {
        var request = new ArrayList<String>();
        request.add(binDirectory == null ? "" : binDirectory);
        request.add(name);
        request.addAll(HostLauncher.list(environment.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList()));
        request.addAll(HostLauncher.list(arguments));
        return request;
    }
}
