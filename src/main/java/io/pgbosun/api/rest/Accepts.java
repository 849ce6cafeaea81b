package io.pgbosun.api.rest;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Refuses an Accept header that cannot be read before anything is done; the framework would notice when it answers. */
class Accepts {
    @ServerRequestFilter(priority = Priorities.USER + 2)
    public void read(ContainerRequestContext request) {
        var header = request.getHeaderString(HttpHeaders.ACCEPT);
        if (header == null || header.equals(MediaType.WILDCARD) || header.equals(MediaType.APPLICATION_JSON)) {
            return;
        }
        for (var type : header.split(",")) {
            if (!readable(type)) {
                throw Problem.of(
                        ProblemType.NOT_ACCEPTABLE, "The header Accept cannot be read; accept application/json.");
            }
        }
    }

    private static boolean readable(String type) {
        try {
            return MediaType.valueOf(type.strip()) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
