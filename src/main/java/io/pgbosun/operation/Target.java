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
        return new Target("clusters", label("cluster", name, "List the clusters with GET /v1/clusters."));
    }

    public static Target backup(UUID id) {
        return new Target("backups", id.toString());
    }

    /** A repository by its name, which is made like a cluster's. */
    public static Target repository(String name) {
        return new Target(
                "repositories", label("repository", name, "List the repositories with GET /v1/repositories."));
    }

    private static String label(String field, String name, String remedy) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw Problem.invalid(
                    field,
                    "must be 1 to 63 lower-case letters, digits or hyphens, beginning with a letter and not ending with a hyphen",
                    remedy);
        }
        return name;
    }

    /** Reads what a caller names, such as {@code clusters/orders}. */
    public static Target named(String path) {
        var parts = path.split("/", 2);
        return switch (parts.length < 2 ? "" : parts[0]) {
            case "clusters" -> cluster(parts[1]);
            case "backups" -> backup(Ids.parse("target", parts[1]));
            case "repositories" -> repository(parts[1]);
            default ->
                throw Problem.invalid(
                        "target",
                        "must begin with clusters/, backups/ or repositories/",
                        "Write it as operations show it, such as clusters/orders.");
        };
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
