package io.pgbosun.doctor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * What runs did to one server, by its own log: the statements of sessions whose {@code application_name} is that of a
 * run. It knows the statements that must not be done twice, and which take each other back.
 */
final class ServerLog implements Consumer<String> {
    private static final Pattern LINE = Pattern.compile(
            "(\\d{4}-\\d\\d-\\d\\d).*?\\[(\\d+)\\].*? pgbosun:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(\\d{1,18}) (LOG|ERROR|FATAL|PANIC):  (.*)");
    private static final Pattern STATEMENT = Pattern.compile("(?:statement|execute [^:]*): (.*)");
    private static final Pattern CHANGE = Pattern.compile(
            "(?i)(create|alter|drop|truncate|insert|update|delete|grant|revoke|comment|reindex|vacuum)\\b.*");
    private static final String NAME = "(\"(?:[^\"]|\"\")+\"|[^\\s;\"]+)";
    private static final Pattern MADE = Pattern.compile("(?i)create (database|role|user) " + NAME + ".*");
    private static final Pattern GONE = Pattern.compile("(?i)drop (database|role|user) (?:if exists )?" + NAME + ".*");
    private static final Pattern RENAMED =
            Pattern.compile("(?i)alter (database|role|user) " + NAME + " rename to " + NAME + ".*");
    private static final Pattern CRASHED =
            Pattern.compile(".*(database system was interrupted|terminating any other active server processes).*");

    /** Something that is not as it should be. */
    record Oddity(UUID operation, String seen) {}

    /** What one operation did: the things it made and has not taken back, and its newest run. */
    private static final class Deeds {
        private final Set<String> done = new HashSet<>();
        private long epoch;
    }

    /** The last deed of a session, which an error that follows undoes. */
    private record Last(Deeds deeds, String deed, Oddity oddity) {}

    private final String sinceDate;
    private final Map<UUID, Deeds> operations = new HashMap<>();
    private final Map<String, Last> last = new HashMap<>();
    private final List<Oddity> oddities = new ArrayList<>();
    private long statements;

    /** Lines of earlier days are left out. */
    ServerLog(String sinceDate) {
        this.sinceDate = sinceDate;
    }

    long statements() {
        return statements;
    }

    List<Oddity> oddities() {
        return oddities;
    }

    @Override
    public void accept(String line) {
        if (CRASHED.matcher(line).matches()) {
            operations.values().forEach(deeds -> deeds.done.clear()); // nobody knows what was committed
            last.clear();
            return;
        }
        var found = LINE.matcher(line);
        if (!found.matches() || found.group(1).compareTo(sinceDate) < 0) {
            return;
        }
        if (!found.group(5).equals("LOG")) {
            failed(found.group(2));
            return;
        }
        var statement = STATEMENT.matcher(found.group(6));
        if (statement.matches() && CHANGE.matcher(statement.group(1)).matches()) {
            statements++;
            changed(
                    found.group(2),
                    UUID.fromString(found.group(3)),
                    Long.parseLong(found.group(4)),
                    statement.group(1));
        }
    }

    private void failed(String session) {
        var undone = last.remove(session);
        if (undone != null) {
            undone.deeds().done.remove(undone.deed());
            oddities.remove(undone.oddity());
        }
    }

    private void changed(String session, UUID operation, long epoch, String statement) {
        var deeds = operations.computeIfAbsent(operation, id -> new Deeds());
        if (epoch < deeds.epoch) {
            oddities.add(new Oddity(
                    operation,
                    "its run of epoch %d did '%s' after its run of epoch %d had begun"
                            .formatted(epoch, statement, deeds.epoch)));
        }
        deeds.epoch = Math.max(epoch, deeds.epoch);
        var deed = deed(deeds, statement);
        if (deed != null) {
            var oddity = deeds.done.add(deed) ? null : new Oddity(operation, "it did twice: '" + statement + "'");
            if (oddity != null) {
                oddities.add(oddity);
            }
            last.put(session, new Last(deeds, deed, oddity));
        }
    }

    /** What must not be done twice, or null; what the statement takes back is forgotten. */
    private static String deed(Deeds deeds, String statement) {
        var made = MADE.matcher(statement);
        if (made.matches()) {
            return "create " + made.group(1) + " " + made.group(2);
        }
        var gone = GONE.matcher(statement);
        if (gone.matches()) {
            forget(deeds, gone.group(2));
        }
        var renamed = RENAMED.matcher(statement);
        if (renamed.matches()) {
            forget(deeds, renamed.group(2));
            return "rename " + renamed.group(2) + " " + renamed.group(3);
        }
        return null;
    }

    /** The thing of this name is no more: it may be made, or something else may get its name, again. */
    private static void forget(Deeds deeds, String name) {
        deeds.done.removeIf(deed -> deed.endsWith(" " + name));
    }
}
