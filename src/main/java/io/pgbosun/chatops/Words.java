package io.pgbosun.chatops;

import io.pgbosun.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the text of a command into arguments. Values with blanks or commas stand in double quotes, in which {@code \"}
 * and {@code \\} mean the characters themselves.
 */
final class Words {
    private final String text;
    private int at;
    private String name;
    private StringBuilder whole;
    private StringBuilder item;
    private List<String> items;

    private Words(String text) {
        this.text = text;
    }

    /** Undoes what Slack's clients and servers make of the typed text, and cuts it. */
    static List<Argument> read(String typed) {
        return new Words(typedText(typed == null ? "" : typed)).arguments();
    }

    /** Slack escapes three characters (its formatting reference), and keyboards curl quotes and widen blanks. */
    private static String typedText(String text) {
        return text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&")
                .replaceAll("[\u201c\u201d\u201e\u201f]", "\"")
                .replace('\u00a0', ' ');
    }

    private List<Argument> arguments() {
        var arguments = new ArrayList<Argument>();
        while (skipBlanks()) {
            arguments.add(argument());
        }
        return arguments;
    }

    private boolean skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at < text.length();
    }

    private Argument argument() {
        name = null;
        items = new ArrayList<>();
        startValue();
        var quoted = false;
        while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
            var c = text.charAt(at++);
            quoted |= c == '"';
            take(c, quoted);
        }
        items.add(item.toString());
        return new Argument(name, whole.toString(), List.copyOf(items));
    }

    private void startValue() {
        whole = new StringBuilder();
        item = new StringBuilder();
    }

    private void take(char c, boolean quoted) {
        if (c == '=' && name == null && !quoted && items.isEmpty() && !item.isEmpty()) {
            name = item.toString();
            startValue();
        } else if (c == ',') {
            items.add(item.toString());
            item = new StringBuilder();
            whole.append(c);
        } else {
            var taken = c == '"' ? quotation() : String.valueOf(c);
            item.append(taken);
            whole.append(taken);
        }
    }

    private String quotation() {
        var quotation = new StringBuilder();
        while (at < text.length()) {
            var c = text.charAt(at++);
            if (c == '"') {
                return quotation.toString();
            }
            quotation.append(c == '\\' && escapes() ? text.charAt(at++) : c);
        }
        throw Problem.invalid(
                name == null ? "text" : name,
                "has a quotation mark that is never closed",
                "Close it, or write \\\" for the mark itself.");
    }

    private boolean escapes() {
        return at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\\');
    }
}
