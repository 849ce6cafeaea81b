package io.pgbosun.api.rest;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Channel;
import io.pgbosun.access.Tokens;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Store;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Map;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Who makes the current request, by its bearer token. */
@RequestScoped
class CurrentCaller {
    private static final String BEARER = "Bearer ";

    private final Tokens tokens;
    private final Store store;
    private final AuditTrail audit;
    private Caller caller;

    CurrentCaller(Tokens tokens, Store store, AuditTrail audit) {
        this.tokens = tokens;
        this.store = store;
        this.audit = audit;
    }

    Caller get() {
        return caller;
    }

    /** Before anything of the request is read; chat requests are signed instead. */
    @ServerRequestFilter
    public void authenticate(ContainerRequestContext request) {
        if (request.getUriInfo().getPath().startsWith("/v1/chat/slack")) {
            return;
        }
        var header = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        var bearer = header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length());
        caller = tokens.authenticate(bearer ? header.substring(BEARER.length()).strip() : null, Channel.REST);
    }

    /** Audits that a request was denied. */
    void denied(Problem problem, String method, String path) {
        if (problem.type() == ProblemType.DENIED && caller != null) {
            store.inTx(tx -> audit.write(
                    tx, caller, "access.denied", method + " " + path, null, Map.of("why", problem.detail())));
        }
    }
}
