package io.pgbosun.adapter;

import java.util.List;

/** Names that break what is not quoted. */
final class HostileNames {
    static final List<String> ALL = List.of(
            "with space",
            "Upper\"Quote",
            "it's",
            "\"; drop table x; --",
            "größe_名前_🐘",
            "a=b host=evil",
            "postgresql://evil/x",
            "back\\slash",
            "{d '2020-01-01'} ? $1 $$",
            "-j",
            "n".repeat(63),
            "名".repeat(21));

    private HostileNames() {}
}
