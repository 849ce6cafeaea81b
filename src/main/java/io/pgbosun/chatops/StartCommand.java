package io.pgbosun.chatops;

import io.pgbosun.access.Caller;
import io.pgbosun.operation.Kind;
import io.pgbosun.operation.Operation;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.OperationState;
import io.pgbosun.operation.Operations;
import io.pgbosun.operation.Risk;
import io.pgbosun.operation.StartOptions;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** Starts, or previews, an operation of any kind: {@code <kind> <cluster> name=value …}. */
@Singleton
class StartCommand {
    private static final List<String> OPTIONS = List.of("preview", "reason", "planDigest");

    private final Operations operations;
    private final Replies replies;

    StartCommand(Operations operations, Replies replies) {
        this.operations = operations;
        this.replies = replies;
    }

    ChatAnswer answer(Caller caller, Kind kind, List<Argument> arguments, SlackCommand command) {
        refuseSecrets(kind);
        var bare = new ArrayList<Argument>();
        var options = new ArrayList<Argument>();
        var parameters = new ArrayList<Argument>();
        for (var argument : arguments) {
            (argument.bare() ? bare : isOption(argument) ? options : parameters).add(argument);
        }
        if (bare.size() > 1) {
            throw Problem.invalid(
                    bare.get(1).text(), "is not name=value", "Put values with blanks in double quotes: reason=\"…\".");
        }
        var spec = SpecReader.read(kind.spec(), parameters);
        var start = SpecReader.read(Options.class, options);
        if (start.preview()) {
            return ChatAnswer.toAsker(PlanText.of(operations.preview(caller, target(bare), spec)));
        }
        refuseHigh(kind, spec);
        return started(caller, target(bare), spec, start, command);
    }

    /** What every command that starts an operation takes beside the kind's own parameters. */
    record Options(Boolean preview, String reason, String planDigest) {
        Options {
            preview = preview != null && preview;
        }
    }

    private static boolean isOption(Argument argument) {
        return OPTIONS.stream().anyMatch(argument.name()::equalsIgnoreCase);
    }

    private static Target target(List<Argument> bare) {
        return Target.cluster(bare.isEmpty() ? null : bare.getFirst().text());
    }

    private ChatAnswer started(Caller caller, Target target, OperationSpec spec, Options start, SlackCommand command) {
        var options = new StartOptions(command.key(), start.reason(), start.planDigest(), null, null, null, null);
        var operation = operations.start(caller, target, spec, options);
        if (operation.done()) {
            return ChatAnswer.toChannel(Texts.outcome(operation));
        }
        var owed = replies.owe(operation.id(), command);
        return ChatAnswer.toChannel(said(operation, owed));
    }

    private static String said(Operation operation, boolean owed) {
        var handle = Handles.of(operation.id());
        var waits =
                operation.state() == OperationState.AWAITING_APPROVAL ? " It waits for another person's approval." : "";
        var later = owed
                ? " Its outcome is told here, if it ends within half an hour."
                : " Its outcome is not told here; ask for `operation " + handle + "`.";
        return "%s asked for it. %s%s%s"
                .formatted(Texts.escape(operation.principal()), Texts.line(operation), waits, later);
    }

    private static void refuseSecrets(Kind kind) {
        if (SpecShape.holdsSecret(kind.spec())) {
            throw Problem.notPossible(
                    "'%s' takes a secret, and a chat keeps what is typed: use REST or the command line. Change the secret if you have typed it here."
                            .formatted(kind.name()));
        }
    }

    private static void refuseHigh(Kind kind, OperationSpec spec) {
        if (kind.risk(spec) == Risk.HIGH) {
            throw Problem.of(
                    ProblemType.DENIED,
                    "'%s' with these parameters has the risk HIGH and is not started from a chat: use REST or the command line; preview=true shows the plan here."
                            .formatted(kind.name()));
        }
    }
}
