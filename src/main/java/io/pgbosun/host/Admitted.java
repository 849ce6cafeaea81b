package io.pgbosun.host;

import java.util.List;

/**
 * Who may log in at a server that recovers, with a password.
 *
 * @param role one alone
 * @param networks from where (CIDR)
 */
public record Admitted(String role, List<String> networks) {
    /** From the host that the server is on. */
    public static final List<String> HERE = List.of("127.0.0.1/32");

    public Admitted {
        networks = List.copyOf(networks);
    }
}
