package io.pgbosun.store;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** One row of a result; columns by name, null where SQL says null. */
public final class Row {
    private final io.vertx.sqlclient.Row row;

    Row(io.vertx.sqlclient.Row row) {
        this.row = row;
    }

    public String text(String column) {
        return row.getString(column);
    }

    public UUID uuid(String column) {
        return row.getUUID(column);
    }

    public boolean bool(String column) {
        return row.getBoolean(column);
    }

    public int integer(String column) {
        return row.getInteger(column);
    }

    public long number(String column) {
        return row.getLong(column);
    }

    public Instant time(String column) {
        OffsetDateTime time = row.getOffsetDateTime(column);
        return time == null ? null : time.toInstant();
    }

    public String[] texts(String column) {
        return row.getArrayOfStrings(column);
    }

    public Instant[] times(String column) {
        var times = row.getArrayOfOffsetDateTimes(column);
        return times == null
                ? null
                : Stream.of(times)
                        .map(time -> time == null ? null : time.toInstant())
                        .toArray(Instant[]::new);
    }

    public List<UUID> uuids(String column) {
        return List.of(row.getArrayOfUUIDs(column));
    }

    public boolean has(String column) {
        return row.getValue(column) != null;
    }

    public <E extends Enum<E>> E constant(Class<E> type, String column) {
        var name = text(column);
        return name == null ? null : Enum.valueOf(type, name);
    }
}
