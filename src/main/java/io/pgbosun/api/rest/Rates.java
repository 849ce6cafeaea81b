package io.pgbosun.api.rest;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Rate;
import io.pgbosun.access.RateLimits;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Counts the requests of whoever has said who they are, and tells them in every answer how many more they may send. */
class Rates {
    private static final String RATE = "io.pgbosun.rate";

    private final RateLimits limits;

    Rates(RateLimits limits) {
        this.limits = limits;
    }

    /** After {@link CurrentCaller}. */
    @ServerRequestFilter(priority = Priorities.USER + 1)
    public void spend(ContainerRequestContext request) {
        if (request.getProperty(CurrentCaller.CALLER) instanceof Caller caller) {
            var rate = limits.spend(caller.principal());
            request.setProperty(RATE, rate);
            rate.require();
        }
    }

    @ServerResponseFilter
    public void tell(ContainerRequestContext request, ContainerResponseContext response) {
        if (request.getProperty(RATE) instanceof Rate rate && rate.limited()) {
            var headers = response.getHeaders();
            headers.putSingle("RateLimit-Limit", rate.limit());
            headers.putSingle("RateLimit-Remaining", rate.remaining());
            headers.putSingle("RateLimit-Reset", rate.resetSeconds());
        }
    }
}
