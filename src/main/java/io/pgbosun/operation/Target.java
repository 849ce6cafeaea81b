package io.pgbosun.operation;

import io.pgbosun.problem.Problem;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What an operation is done to.
 *
 * @param collection such as {@code clusters}
 * @param id its name there
 */
public record Target(String collection, String id) {
    private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    /** A cluster by its name (RFC 1035 label: lower-case letters, digits, hyphens). */
    public static Target cluster(String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw Problem.invalid(
                    "cluster",
                    "must be 1 to 63 lower-case letters, digits or hyphens, beginning with a letter and not ending with a hyphen",
                    "List the clusters with GET /v1/clusters.");
        }
        return new Target("clusters", name);
    }

    public static Target backup(UUID id) {
        return new Target("backups", id.toString());
    }

    public static Target parse(String path) {
        var cut = path.indexOf('/');
        return new Target(path.substring(0, cut), path.substring(cut + 1));
    }

    @Override
    public String toString() {
        return collection + "/" + id;
    }
}
