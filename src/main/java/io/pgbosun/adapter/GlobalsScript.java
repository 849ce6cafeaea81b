package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Makes of pg_dumpall's globals a script that leaves roles alone that exist already.
 *
 * <p>pg_dumpall writes {@code CREATE ROLE} and then {@code ALTER ROLE}, which would give an existing role, such as the
 * superuser that is logged in, the password of the source. All of one role becomes one block that does nothing when
 * the role is there, and that leaves no half-made role behind when it is interrupted.
 */
final class GlobalsScript {
    private static final Pattern OF_A_ROLE =
            Pattern.compile("(?:CREATE|ALTER|COMMENT ON) ROLE (\"(?:[^\"]|\"\")*\"|[^\\s;]+).*", Pattern.DOTALL);
    private static final String BODY_TAG = "$pgbosun_role$";

    private GlobalsScript() {}

    static String sparingExistingRoles(String globals) {
        var roles = new LinkedHashMap<String, List<String>>();
        var others = new ArrayList<String>();
        var settings = new ArrayList<String>();
        for (var statement : statements(globals)) {
            var ofRole = OF_A_ROLE.matcher(statement);
            if (ofRole.matches()) {
                roles.computeIfAbsent(ofRole.group(1), role -> new ArrayList<>())
                        .add(statement);
            } else {
                (statement.startsWith("SET ") ? settings : others).add(statement);
            }
        }
        var script = new StringBuilder();
        settings.forEach(setting -> script.append(setting).append('\n'));
        roles.values().forEach(statements -> script.append(block(statements)));
        others.forEach(statement -> script.append(statement).append('\n'));
        return script.toString();
    }

    private static String block(List<String> statements) {
        var body = String.join("\n", statements);
        if (body.contains(BODY_TAG)) {
            throw Problem.notPossible("The globals of the dump hold '" + BODY_TAG + "', which cannot be loaded.");
        }
        return """
                DO %1$s
                BEGIN
                %2$s
                EXCEPTION WHEN duplicate_object THEN NULL;
                END
                %1$s;
                """.formatted(BODY_TAG, body);
    }

    /** Splits at semicolons outside of quotes, and drops comments and {@code \restrict}. */
    static List<String> statements(String script) {
        var statements = new ArrayList<String>();
        var statement = new StringBuilder();
        char quote = 0;
        for (var line : script.split("\n", -1)) {
            if (quote == 0 && statement.isEmpty() && isNoStatement(line)) {
                continue;
            }
            if (!statement.isEmpty()) {
                statement.append('\n');
            }
            statement.append(line);
            quote = quoteAfter(line, quote);
            if (quote == 0 && line.endsWith(";")) {
                statements.add(statement.toString());
                statement.setLength(0);
            }
        }
        if (!statement.isEmpty()) {
            throw Problem.notPossible("The globals of the dump end within a statement: the file is cut off.");
        }
        return statements;
    }

    private static boolean isNoStatement(String line) {
        if (line.isBlank() || line.startsWith("--") || line.matches("\\\\(un)?restrict\\b.*")) {
            return true;
        }
        if (line.startsWith("\\")) {
            throw Problem.notPossible("The globals of the dump hold a command of psql, which is not run.");
        }
        return false;
    }

    /** The quote that is open at the end of the line; a doubled one closes and opens again. */
    private static char quoteAfter(String line, char open) {
        char quote = open;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
        }
        return quote;
    }
}
