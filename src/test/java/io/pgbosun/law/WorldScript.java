package io.pgbosun.law;

import java.util.Map;
import java.util.regex.Pattern;

/** Understands as much SQL as the scripts of runbooks are written in. */
final class WorldScript {
    private static final Pattern DROP = Pattern.compile("drop table if exists (\\w+)");
    private static final Pattern CREATE = Pattern.compile("create table (\\w+)");
    private static final Pattern INSERT = Pattern.compile("(?s)insert into (\\w+).*generate_series\\(1, (\\d+)\\)");

    private WorldScript() {}

    static void run(String sql, Map<String, Long> tables) {
        DROP.matcher(sql).results().forEach(drop -> tables.remove(drop.group(1)));
        CREATE.matcher(sql).results().forEach(create -> {
            if (tables.putIfAbsent(create.group(1), 0L) != null) {
                throw WorldDumps.failed("relation \"" + create.group(1) + "\" already exists");
            }
        });
        INSERT.matcher(sql)
                .results()
                .forEach(rows -> tables.merge(rows.group(1), Long.valueOf(rows.group(2)), Long::sum));
    }
}
