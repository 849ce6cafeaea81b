package io.pgbosun.boot;

import io.pgbosun.access.Admission;
import io.pgbosun.backup.WalFetchLoop;
import io.pgbosun.failover.LeaderWatch;
import io.pgbosun.operation.Worker;
import io.pgbosun.schedule.Scheduler;
import io.pgbosun.token.Tokens;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.file.Files;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Starts and stops the roles of this service. */
@Singleton
class Lifecycle {
    private final Set<String> roles;
    private final Home home;
    private final Tokens tokens;
    private final Worker worker;
    private final Scheduler scheduler;
    private final LeaderWatch leaders;
    private final WalFetchLoop wal;
    private final Defaults defaults;
    private final ControlDatabase database;
    private final Admission admission;

    Lifecycle(
            @ConfigProperty(name = "pgbosun.roles", defaultValue = "api,worker") Set<String> roles,
            Home home,
            Tokens tokens,
            Worker worker,
            Scheduler scheduler,
            LeaderWatch leaders,
            WalFetchLoop wal,
            Defaults defaults,
            ControlDatabase database,
            Admission admission) {
        if (!Set.of("api", "worker").containsAll(roles) || roles.isEmpty()) {
            throw new IllegalArgumentException("PGBOSUN_ROLES must be api, worker or api,worker; it is " + roles);
        }
        this.roles = roles;
        this.home = home;
        this.tokens = tokens;
        this.worker = worker;
        this.scheduler = scheduler;
        this.leaders = leaders;
        this.wal = wal;
        this.defaults = defaults;
        this.database = database;
        this.admission = admission;
    }

    void start(@Observes StartupEvent event) {
        if (!Files.exists(home.token())) {
            Home.writePrivately(home.token(), tokens.bootstrap() + "\n");
        }
        defaults.make();
        if (roles.contains("worker")) {
            worker.start();
            scheduler.start();
            leaders.start();
            wal.start();
        }
    }

    /**
     * What runs is handed over at once. Requests are still served for a while ({@code quarkus.shutdown.delay}), each answered
     * with {@code Connection: close}: whoever has a connection open learns that the service leaves before it has left.
     */
    void leave(@Observes ShutdownDelayInitiatedEvent event) {
        admission.leave();
        wal.stop();
        leaders.stop();
        scheduler.stop();
        worker.stop();
    }

    /** When there is no time to leave. */
    void stop(@Observes @jakarta.annotation.Priority(1) ShutdownEvent event) {
        wal.stop();
        leaders.stop();
        scheduler.stop();
        worker.stop();
    }

    /** Last of all, when nothing uses the control database any more. */
    void stopDatabase(@Observes @jakarta.annotation.Priority(100_000) ShutdownEvent event) {
        database.stop();
    }
}
