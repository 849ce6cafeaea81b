package io.pgbosun.process;

import java.util.List;
import java.util.Random;

/** Values that break what does not look. None holds a word of our classes, for answers may repeat them. */
final class Hostile {
    static final List<String> TEXTS = List.of(
            "",
            " ",
            "\0",
            "a\0b",
            "null",
            "'; drop table operation; --",
            "\" or 1=1",
            "$$",
            "%",
            "%s%n%d",
            "../../../../etc/passwd",
            "-rf",
            "line\nline",
            "\r\nX-Injected: 1",
            "\u202Eabc",
            "\uD83D",
            "\uFEFForders",
            "оrders",
            "\u0130",
            "🐘".repeat(40),
            "n".repeat(64),
            "n".repeat(5_000),
            "{{7*7}}${7*7}",
            "<script>alert(1)</script>",
            "9".repeat(40),
            "-1",
            "NaN",
            "true",
            "[]");

    /** As they stand in JSON. */
    static final List<String> NUMBERS = List.of(
            "0",
            "-1",
            "1",
            "2147483647",
            "2147483648",
            "-2147483649",
            "9223372036854775807",
            "9223372036854775808",
            "1.5",
            "1e400",
            "-0.0",
            "9".repeat(90),
            "9".repeat(2_000));

    static final List<String> TIMES = List.of(
            "2026-11-20T03:00:00Z",
            "2026-11-20T03:00:00.123456789+14:00",
            "2100-01-01T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "-999999999-01-01T00:00:00Z",
            "+999999999-12-31T23:59:59Z",
            "9999-12-31T23:59:60Z",
            "2026-02-30T00:00:00Z",
            "1e9",
            "now",
            "infinity");

    static final List<String> IDS = List.of(
            "01939c2e-5b7c-7d42-a7b0-3d5c2f1e8a90",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "1-1-1-1-1",
            "01939c2e5b7c7d42a7b03d5c2f1e8a90",
            "0x939c2e-5b7c-7d42-a7b0-3d5c2f1e8a90",
            "{01939c2e-5b7c-7d42-a7b0-3d5c2f1e8a90}");

    private Hostile() {}

    static <T> T one(List<T> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }
}
