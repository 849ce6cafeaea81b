package io.pgbosun.doctor;

import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What operations that have not ended may still be at work on: it is no leftover. */
@Singleton
class ActiveWork {
    private static final Pattern TAG =
            Pattern.compile("pgbosun:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([1-9]\\d{0,17})");

    private final Store store;

    ActiveWork(Store store) {
        this.store = store;
    }

    /** Whether the journal of one tells of this path or name. */
    boolean mentions(String text) {
        return store.one(
                        "select 1 from operation o join operation_step s on s.operation = o.id where o." + Scope.ACTIVE
                                + " and position($1 in s.answer::text) > 0 limit 1",
                        text)
                .isPresent();
    }

    /** Whether one takes, or works on, this backup. */
    boolean isAtBackup(UUID backup) {
        return store.one(
                        "select 1 from operation where " + Scope.ACTIVE + " and (id = $1 or target = $2) limit 1",
                        backup,
                        "backups/" + backup)
                .isPresent();
    }

    /** Whether one works on the cluster. */
    boolean isAtCluster(String cluster) {
        return store.one(
                        "select 1 from operation where ended_at is null and started_at is not null and target = $1 limit 1",
                        "clusters/" + cluster)
                .isPresent();
    }

    /**
     * What a tag says, and what is known of its operation.
     *
     * @param state null when there is no such operation, or no more
     * @param over whether the run is over: its operation has ended, or a newer run has taken over
     */
    record Tagged(UUID operation, long epoch, String state, boolean over) {}

    /** Reads tags; those of no run are left out. */
    Map<String, Tagged> read(List<String> tags) {
        var parsed =
                tags.stream().distinct().flatMap(tag -> parse(tag).stream()).toList();
        var ids = parsed.stream().map(Tagged::operation).distinct().toArray(UUID[]::new);
        var rows = store
                .query(
                        "select id, state, lease_epoch, ended_at is not null as ended from operation where id = any($1)",
                        (Object) ids)
                .stream()
                .collect(Collectors.toMap(row -> row.uuid("id"), Function.identity()));
        return parsed.stream()
                .map(tagged -> Optional.ofNullable(rows.get(tagged.operation()))
                        .map(row -> new Tagged(
                                tagged.operation(),
                                tagged.epoch(),
                                row.text("state"),
                                row.bool("ended") || row.number("lease_epoch") > tagged.epoch()))
                        .orElse(tagged))
                .collect(Collectors.toMap(
                        tagged -> "pgbosun:" + tagged.operation() + ":" + tagged.epoch(), Function.identity()));
    }

    private static Optional<Tagged> parse(String tag) {
        var found = TAG.matcher(tag);
        return found.matches()
                ? Optional.of(new Tagged(UUID.fromString(found.group(1)), Long.parseLong(found.group(2)), null, false))
                : Optional.empty();
    }
}
