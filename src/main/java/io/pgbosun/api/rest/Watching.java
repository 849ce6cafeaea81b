package io.pgbosun.api.rest;

import io.pgbosun.access.Watchers;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.inject.Singleton;

/** Moves a request that is to wait for long from those in work to those that watch. */
@Singleton
class Watching {
    private final Watchers watchers;
    private final CurrentCaller caller;
    private final CurrentVertxRequest request;

    Watching(Watchers watchers, CurrentCaller caller, CurrentVertxRequest request) {
        this.watchers = watchers;
        this.caller = caller;
        this.request = request;
    }

    Watchers.Place begin() {
        var place = watchers.enter(caller.get().principal());
        Gate.leave(request.getCurrent());
        return place;
    }
}
