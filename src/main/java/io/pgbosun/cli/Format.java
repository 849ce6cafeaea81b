package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Locale;
import java.util.regex.Pattern;

/** Writes values for people: the unit is told by the end of a field's name. */
final class Format {
    private static final String[] SIZES = {"KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final Pattern WORD = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
    private static final String NOTHING = "-";
    private static final int LONGEST_OBJECT = 120;

    private Format() {}

    static String size(double bytes) {
        if (Math.abs(bytes) < 1024) {
            return String.format(Locale.ROOT, "%.0f B", bytes);
        }
        var unit = -1;
        while (Math.abs(bytes) >= 1023.95 && unit < SIZES.length - 1) {
            bytes /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", bytes, SIZES[unit]);
    }

    static String duration(Duration duration) {
        return seconds(duration.toMillis() / 1000.0);
    }

    static String seconds(double seconds) {
        if (seconds < 0) {
            return "-" + seconds(-seconds);
        }
        if (seconds < 59.95) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        var whole = Math.round(seconds);
        if (whole < 3600) {
            return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
        }
        return whole < 86_400
                ? String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60)
                : String.format(Locale.ROOT, "%d d %02d h", whole / 86_400, whole % 86_400 / 3600);
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** In the zone of the reader, and only as much of it as is needed. */
    static String time(Instant at, Instant now, ZoneId zone) {
        var local = at.atZone(zone);
        return DateTimeFormatter.ofPattern(pattern(local, now.atZone(zone)), Locale.ROOT)
                .format(local);
    }

    private static String pattern(ZonedDateTime at, ZonedDateTime now) {
        if (at.toLocalDate().equals(now.toLocalDate())) {
            return "HH:mm:ss";
        }
        return at.getYear() == now.getYear() ? "dd MMM HH:mm" : "yyyy-MM-dd HH:mm";
    }

    /** A value in one line. */
    static String value(String field, JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return NOTHING;
        }
        if (value.isNumber()) {
            return number(field, value);
        }
        if (value.isContainerNode()) {
            return value.isEmpty() ? NOTHING : joined(value);
        }
        return value.isTextual() ? text(field, value.asText()) : value.asText();
    }

    private static String number(String field, JsonNode value) {
        if (field.endsWith("Bytes")) {
            return size(value.asDouble());
        }
        return field.endsWith("Seconds") ? seconds(value.asDouble()) : value.asText();
    }

    private static String text(String field, String value) {
        if (field.endsWith("Time") || field.equals("at") || field.endsWith("At")) {
            try {
                return time(Instant.parse(value), Instant.now(), ZoneId.systemDefault());
            } catch (DateTimeParseException e) {
                return clean(value);
            }
        }
        return value.isEmpty() ? NOTHING : clean(value);
    }

    private static String joined(JsonNode values) {
        var parts = new ArrayList<String>();
        if (values.isArray()) {
            values.forEach(item -> parts.add(value("", item)));
            return String.join(", ", parts);
        }
        for (var entry : values.properties()) {
            var value = value(entry.getKey(), entry.getValue());
            if (!value.equals(NOTHING)) {
                parts.add(entry.getKey() + "=" + value);
            }
        }
        var line = parts.isEmpty() ? NOTHING : String.join(" ", parts);
        return line.length() <= LONGEST_OBJECT ? line : line.substring(0, LONGEST_OBJECT) + "...";
    }

    /** Control characters could steer the reader's terminal. */
    static String clean(String text) {
        return text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ").replaceAll("\\p{Cntrl}", "?");
    }

    /** {@code sizeBytes} becomes {@code size}, {@code createTime} becomes {@code create time}. */
    static String words(String field) {
        var bare = field.replaceFirst("(?<=[a-z])(Bytes|Seconds)$", "");
        return WORD.matcher(bare).replaceAll(" ").toLowerCase(Locale.ROOT);
    }

    static boolean isFigure(String field, JsonNode value) {
        return value.isNumber() || field.endsWith("Bytes") || field.endsWith("Seconds");
    }
}
