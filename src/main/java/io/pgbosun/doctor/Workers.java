package io.pgbosun.doctor;

import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Whether anybody works: this service, or another one over the same control database that keeps a lease alive. */
@Singleton
class Workers {
    private final Store store;
    private final boolean here;
    private final int slots;

    Workers(
            Store store,
            @ConfigProperty(name = "pgbosun.roles", defaultValue = "api,worker") Set<String> roles,
            @ConfigProperty(name = "pgbosun.worker.slots") int slots) {
        this.store = store;
        this.slots = slots;
        here = roles.contains("worker");
    }

    /** How many operations a service runs at a time. */
    int slots() {
        return slots;
    }

    boolean alive() {
        return here
                || store.one(
                                "select 1 from operation where state in ('RUNNING', 'CANCELLING') and lease_until > now() limit 1")
                        .isPresent();
    }
}
