package io.pgbosun.access;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.util.List;
import java.util.Map;

/**
 * Who asks, through which door, with which grants.
 *
 * @param principal the name that is audited and to which idempotency keys belong
 */
public record Caller(String principal, Channel channel, List<Grant> grants) {
    public Caller {
        grants = List.copyOf(grants);
    }

    /** Whether the caller may do this to a cluster with these labels. */
    public boolean may(Permission permission, Map<String, String> labels) {
        return grants.stream().anyMatch(grant -> grant.covers(permission, labels));
    }

    /** Whether the caller may do this somewhere. */
    public boolean maySomewhere(Permission permission) {
        return grants.stream().anyMatch(grant -> grant.role().covers(permission.leastRole));
    }

    /** Refuses unless the caller may do this to a cluster with these labels. */
    public void require(Permission permission, Map<String, String> labels) {
        if (!may(permission, labels)) {
            throw denied(permission);
        }
    }

    /** Refuses unless the caller may do this to what belongs to no cluster: an unrestricted grant is needed. */
    public void require(Permission permission) {
        require(permission, Map.of());
    }

    /** Refuses unless the caller may do this somewhere; what is then listed is narrowed by {@link #selectors}. */
    public void requireSomewhere(Permission permission) {
        if (!maySomewhere(permission)) {
            throw denied(permission);
        }
    }

    /** The label selectors within which the caller may do this. */
    public List<Map<String, String>> selectors(Permission permission) {
        return grants.stream()
                .filter(grant -> grant.role().covers(permission.leastRole))
                .map(Grant::labels)
                .toList();
    }

    private Problem denied(Permission permission) {
        return Problem.of(
                ProblemType.DENIED,
                "'%s' may not do this: it needs the permission %s, held by the role %s and above; ask an admin for a grant that covers it."
                        .formatted(principal, permission.slug(), permission.leastRole),
                Map.of("permission", permission.slug(), "leastRole", permission.leastRole.name()));
    }
}
