package io.pgbosun.api.rest;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Channel;
import io.pgbosun.access.Doors;
import io.pgbosun.token.Tokens;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Who makes the current request, by its bearer token. */
@RequestScoped
class CurrentCaller {
    private static final String BEARER = "Bearer ";

    /** The request property under which those find the caller who come after the request scope has ended. */
    static final String CALLER = "io.pgbosun.caller";

    private final Tokens tokens;
    private final Doors doors;
    private Caller caller;

    CurrentCaller(Tokens tokens, Doors doors) {
        this.tokens = tokens;
        this.doors = doors;
    }

    Caller get() {
        return caller;
    }

    /** Before anything of the request is read; chat requests are signed instead. */
    @ServerRequestFilter
    public void authenticate(ContainerRequestContext request) {
        doors.requireOpen();
        if (request.getUriInfo().getPath().startsWith("/v1/chat/slack")) {
            return;
        }
        var header = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        var bearer = header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length());
        caller = tokens.authenticate(bearer ? header.substring(BEARER.length()).strip() : null, Channel.REST);
        request.setProperty(CALLER, caller);
    }
}
