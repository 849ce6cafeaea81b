package io.pgbosun.chatops;

import io.pgbosun.access.Caller;
import io.pgbosun.operation.Ids;
import io.pgbosun.operation.Operation;
import io.pgbosun.operation.OperationReader;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Short names of operations for people to type: the last eight digits of the id, which are random. */
@Singleton
class Handles {
    private static final int LENGTH = 8;
    private static final int CANDIDATES = 20;
    private static final Pattern HANDLE = Pattern.compile("\\p{XDigit}{" + LENGTH + "}");

    private final Store store;
    private final OperationReader reader;

    Handles(Store store, OperationReader reader) {
        this.store = store;
        this.reader = reader;
    }

    static String of(UUID operation) {
        var text = operation.toString();
        return text.substring(text.length() - LENGTH);
    }

    /** The operation with this id or handle, as far as the caller may see it. */
    Operation find(Caller caller, String text) {
        if (text == null || !HANDLE.matcher(text).matches() && text.length() != 36) {
            throw Problem.invalid(
                    "operation", "must be an id, or its last eight digits", "Copy it from the list of operations.");
        }
        return text.length() == LENGTH
                ? byHandle(caller, text.toLowerCase(Locale.ROOT))
                : reader.get(caller, Ids.parse("operation", text));
    }

    private Operation byHandle(Caller caller, String handle) {
        var found = candidates(handle).stream()
                .flatMap(id -> visible(caller, id).stream())
                .toList();
        if (found.size() > 1) {
            var ids = found.stream().map(operation -> operation.id().toString()).collect(Collectors.joining(", "));
            throw Problem.invalid(
                    "operation",
                    "is the handle of " + found.size() + " operations",
                    "Say which by its id: " + ids + ".");
        }
        return found.stream().findFirst().orElseThrow(() -> Problem.notFound("operation", handle));
    }

    /** Reads nothing but the index of the primary key. */
    private List<UUID> candidates(String handle) {
        return store
                .query(
                        "select id from operation where right(id::text, %d) = $1 order by id desc limit %d"
                                .formatted(LENGTH, CANDIDATES),
                        handle)
                .stream()
                .map(row -> row.uuid("id"))
                .toList();
    }

    private Optional<Operation> visible(Caller caller, UUID id) {
        try {
            return Optional.of(reader.get(caller, id));
        } catch (Problem problem) {
            if (problem.type() == ProblemType.NOT_FOUND) {
                return Optional.empty(); // somebody else's: to this caller it is not there
            }
            throw problem;
        }
    }
}
