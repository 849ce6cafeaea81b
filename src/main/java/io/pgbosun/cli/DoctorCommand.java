package io.pgbosun.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "doctor",
        description = "Looks whether the installation keeps its promises, and says what to do where it does not.",
        footer = {
            "",
            "It ends with 0 when all is well, with 1 when something fails, and with 4 when the service does not answer;",
            "then it tells what can be seen on this machine."
        })
final class DoctorCommand extends Noun implements Callable<Integer> {
    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "From when on history is looked at, such as 2026-11-20T03:00:00Z (default: seven days ago).")
    private String since;

    @Mixin
    private OutputOptions output;

    DoctorCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        try {
            var diagnosis = send(Call.get("diagnosis").with("since", since));
            if (output.form == OutputOptions.Form.json) {
                session.out().println(Api.pretty(diagnosis));
            } else {
                DiagnosisPage.print(session.out(), diagnosis);
            }
            return diagnosis.path("healthy").asBoolean() ? Cli.OK : Cli.NOT_SUCCEEDED;
        } catch (Unreachable unreachable) {
            LocalLook.print(session);
            throw unreachable;
        } catch (Refused refused) {
            if (refused.isPassing()) {
                LocalLook.print(session);
            }
            throw refused;
        }
    }
}
