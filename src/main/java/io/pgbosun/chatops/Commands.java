package io.pgbosun.chatops;

import io.pgbosun.access.Caller;
import io.pgbosun.operation.Catalogue;
import io.pgbosun.operation.Kind;
import io.pgbosun.operation.OperationReader;
import io.pgbosun.operation.Operations;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Page;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The commands there are: a few of its own, and every kind of the catalogue. */
@Singleton
class Commands {
    private static final int SHOWN = 10;
    private static final List<String> OWN = List.of("help", "status", "operations", "operation", "cancel");

    private final Catalogue catalogue;
    private final Operations operations;
    private final OperationReader reader;
    private final Handles handles;
    private final StatusCommand status;
    private final StartCommand start;

    Commands(
            Catalogue catalogue,
            Operations operations,
            OperationReader reader,
            Handles handles,
            StatusCommand status,
            StartCommand start) {
        this.catalogue = catalogue;
        this.operations = operations;
        this.reader = reader;
        this.handles = handles;
        this.status = status;
        this.start = start;
    }

    ChatAnswer answer(Caller caller, SlackCommand command) {
        var words = Words.read(command.text());
        var verb = words.isEmpty() ? "help" : words.getFirst().text().toLowerCase(Locale.ROOT);
        var rest = words.isEmpty() ? words : words.subList(1, words.size());
        return switch (verb) {
            case "help" -> ChatAnswer.toAsker(help(command.slash(), only(rest, "kind")));
            case "status" -> ChatAnswer.toAsker(status.answer(caller, only(rest, "cluster")));
            case "operations" -> ChatAnswer.toAsker(list(caller, only(rest, "cluster")));
            case "operation" -> ChatAnswer.toAsker(Texts.operation(handles.find(caller, only(rest, "operation"))));
            case "cancel" -> ChatAnswer.toChannel(cancel(caller, only(rest, "operation")));
            default -> start.answer(caller, kind(verb), rest, command);
        };
    }

    /** The one word that a command takes, or null. */
    private static String only(List<Argument> arguments, String field) {
        if (arguments.size() > 1 || !arguments.stream().allMatch(Argument::bare)) {
            throw Problem.invalid(field, "must be the only word behind the command", "Leave the others out.");
        }
        return arguments.isEmpty() ? null : arguments.getFirst().text();
    }

    private Kind kind(String verb) {
        return find(verb)
                .orElseThrow(() -> Problem.invalid(
                        "command",
                        "must be one of "
                                + Stream.concat(
                                                OWN.stream(),
                                                catalogue.kinds().stream().map(Kind::name))
                                        .collect(Collectors.joining(", ")),
                        "The command help tells more."));
    }

    private Optional<Kind> find(String name) {
        return catalogue.kinds().stream()
                .filter(kind -> kind.name().equals(name))
                .findFirst();
    }

    private String help(String slash, String kind) {
        return kind == null || OWN.contains(kind)
                ? HelpText.all(slash, catalogue.kinds())
                : HelpText.of(slash, kind(kind.toLowerCase(Locale.ROOT)));
    }

    private String list(Caller caller, String cluster) {
        var target = cluster == null ? null : Target.cluster(cluster).toString();
        var filter = new OperationReader.Filter(null, target, null, null, null);
        var page = reader.list(caller, filter, Page.Request.of(SHOWN, null, filter));
        return page.items().isEmpty()
                ? "No operations are known."
                : Texts.lines(page.items(), page.nextPageToken() != null);
    }

    private String cancel(Caller caller, String operation) {
        var cancelled =
                operations.cancel(caller, handles.find(caller, operation).id());
        return Texts.escape(caller.principal()) + " asked for it to stop. " + Texts.line(cancelled);
    }
}
