package io.pgbosun.chatops;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgbosun.operation.Operation;
import io.pgbosun.operation.OperationState;
import io.pgbosun.problem.FieldError;
import io.pgbosun.problem.Problem;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Puts things into words for Slack (mrkdwn), with everything escaped that was not written here. */
final class Texts {
    private static final int LONGEST_RESULT = 600;
    private static final int LONGEST_REASON = 160;
    private static final int MOST_STEPS = 20;

    private Texts() {}

    /** As Slack's formatting reference demands; without it a name could call everybody in the channel. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace('`', '\'');
    }

    /** One operation in one line. */
    static String line(Operation operation) {
        return line(operation, cut(operation.stateReason(), LONGEST_REASON));
    }

    private static String line(Operation operation, String reason) {
        var ahead = operation.blockedBy() == null ? "" : ", behind `" + Handles.of(operation.blockedBy()) + "`";
        return "`%s` *%s* of `%s` is %s%s.%s"
                .formatted(
                        Handles.of(operation.id()),
                        escape(operation.kind()),
                        escape(operation.target()),
                        operation.state(),
                        ahead,
                        reason.isEmpty() ? "" : " _" + escape(reason) + "_");
    }

    /** Without the reason where the problem, which says the same at length, follows. */
    private static String head(Operation operation) {
        return operation.problem() == null ? line(operation) : line(operation, "");
    }

    static String lines(List<Operation> operations, boolean more) {
        return operations.stream().map(Texts::line).collect(Collectors.joining("\n"))
                + (more ? "\n… and older ones." : "");
    }

    /** One operation with its progress, its steps and how it came out. */
    static String operation(Operation operation) {
        var text = new StringBuilder(head(operation));
        text.append("\nid `").append(operation.id()).append("`, asked for by ").append(escape(operation.principal()));
        if (!operation.reason().isEmpty()) {
            text.append(": ").append(escape(operation.reason()));
        }
        if (operation.progress() != null && !operation.done()) {
            text.append("\n").append(progress(operation.progress()));
        }
        var steps = operation.steps();
        steps.subList(Math.max(0, steps.size() - MOST_STEPS), steps.size())
                .forEach(step -> text.append("\n• ")
                        .append(escape(step.name()))
                        .append(": ")
                        .append(step.state()));
        operation.warnings().forEach(warning -> text.append("\n:warning: ").append(escape(warning)));
        return text.append(end(operation)).toString();
    }

    private static String progress(Operation.OperationProgress progress) {
        var far = progress.percent() != null
                ? progress.percent() + " %"
                : progress.done() == null
                        ? ""
                        : progress.done() + (progress.total() == null ? "" : " of " + progress.total());
        return escape("%s %s %s"
                .formatted(
                        progress.phase() == null ? "" : progress.phase(),
                        far,
                        progress.unit() == null ? "" : progress.unit())
                .strip());
    }

    /** How an operation came out, for the channel in which it was asked for. */
    static String outcome(Operation operation) {
        var mark = operation.state() == OperationState.SUCCEEDED ? ":white_check_mark:" : ":x:";
        return "%s %s%s%s".formatted(mark, head(operation), took(operation), end(operation));
    }

    private static String took(Operation operation) {
        if (operation.startTime() == null || operation.endTime() == null) {
            return "";
        }
        return " It took %d s."
                .formatted(Duration.between(operation.startTime(), operation.endTime())
                        .toSeconds());
    }

    private static String end(Operation operation) {
        var problem = operation.problem();
        if (problem != null) {
            return "\n" + escape(problem.title() + ": " + problem.detail()) + errors(problem.errors());
        }
        return operation.result() == null ? "" : "\n" + escape(cut(flat(operation.result()), LONGEST_RESULT));
    }

    private static String flat(JsonNode result) {
        return result.properties().stream()
                .filter(entry -> !entry.getValue().isNull())
                .map(entry -> entry.getKey() + ": " + value(entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String value(JsonNode value) {
        if (value.isArray() && value.valueStream().allMatch(JsonNode::isValueNode)) {
            return value.valueStream().map(JsonNode::asText).collect(Collectors.joining(" "));
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "…";
    }

    /** A problem as it is told through every door: title, detail, and what is wrong with which field. */
    static String problem(Problem problem) {
        return ":no_entry: " + escape(problem.type().title + ": " + problem.detail()) + errors(problem.errors());
    }

    private static String errors(List<FieldError> errors) {
        return errors.stream()
                .map(error -> "\n• `%s` %s. %s"
                        .formatted(escape(error.field()), escape(error.rule()), escape(error.remedy())))
                .collect(Collectors.joining());
    }
}
