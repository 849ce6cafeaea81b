package io.pgbosun.pooler;

import io.pgbosun.host.PoolerDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a pooler is to be configured.
 *
 * @param address of the primary that it is to lead to
 */
record PoolerSettings(Pooler pooler, String address, int port) {
    private static final Pattern OURS = Pattern.compile("\\s*|\\s*[;#].*|\\s*\\[databases]\\s*|[^\\[%]*=.*");

    /** Whether a file holds nothing but databases, and no password: then it may be shown and replaced. */
    static boolean isOfDatabasesAlone(String text) {
        return !text.contains("password")
                && text.lines().allMatch(line -> OURS.matcher(line).matches());
    }

    /** What the file is to hold. */
    String text() {
        var lines = pooler.databases().stream().map(this::line).collect(Collectors.joining("\n"));
        return """
                ; Written by pgbosun for the pooler %s of the cluster %s. What is changed here by hand is lost.
                [databases]
                %s
                """.formatted(pooler.name(), pooler.cluster(), lines);
    }

    private String line(PooledDatabase database) {
        var size = database.poolSize() == null ? "" : " pool_size=" + database.poolSize();
        return "%s = host=%s port=%d dbname='%s'%s"
                .formatted(database.name(), address, port, database.database().replace("'", "''"), size);
    }

    /** What is otherwise in the running pooler, a sentence each. */
    List<String> differences(List<PoolerDatabase> running) {
        Map<String, PoolerDatabase> found = running.stream()
                .collect(Collectors.toMap(PoolerDatabase::name, Function.identity(), (one, same) -> one));
        var differences = new ArrayList<String>();
        for (var wanted : pooler.databases()) {
            var there = found.get(wanted.name());
            if (there == null) {
                differences.add("The pooler does not have '" + wanted.name() + "'.");
            } else if (!leadsTo(there, wanted)) {
                differences.add("'%s' leads to %s of %s:%d instead of %s of %s:%d."
                        .formatted(
                                wanted.name(),
                                there.database(),
                                there.host(),
                                there.port(),
                                wanted.database(),
                                address,
                                port));
            } else if (wanted.poolSize() != null && !wanted.poolSize().equals(there.poolSize())) {
                differences.add("'%s' has a pool of %d instead of %d."
                        .formatted(wanted.name(), there.poolSize(), wanted.poolSize()));
            }
        }
        return differences;
    }

    private boolean leadsTo(PoolerDatabase there, PooledDatabase wanted) {
        return address.equals(there.host())
                && there.port() != null
                && port == there.port()
                && wanted.database().equals(there.database());
    }
}
