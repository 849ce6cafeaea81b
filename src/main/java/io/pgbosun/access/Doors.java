package io.pgbosun.access;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Whether this process answers callers, or works only ({@code PGBOSUN_ROLES}). */
@Singleton
public class Doors {
    private final boolean open;

    Doors(@ConfigProperty(name = "pgbosun.roles", defaultValue = "api,worker") Set<String> roles) {
        open = roles.contains("api");
    }

    /** Refuses every caller of a process that only works. */
    public void requireOpen() {
        if (!open) {
            throw Problem.of(
                    ProblemType.UNREACHABLE, "This process only works; ask one whose PGBOSUN_ROLES contain api.");
        }
    }
}
