package io.pgbosun.store;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;

/** Migrates the control database with Flyway over pgjdbc and connects to it with the Vert.x client. */
@Singleton
class StoreConnection {
    private final Vertx vertx;
    private final PgConnectOptions options;
    private final Pool pool;

    StoreConnection(
            Vertx vertx,
            StoreLocation location,
            @ConfigProperty(name = "pgbosun.store.connections", defaultValue = "20") int connections) {
        this.vertx = vertx;
        options = PgConnectOptions.fromUri(location.uri())
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(512)
                .setPreparedStatementCacheSqlLimit(64 * 1024)
                .setConnectTimeout(5_000)
                .setTcpKeepAlive(true)
                .setProperties(Map.of( // every statement is short, of few rows and by index, however old the statistics
                        "jit", "off",
                        "plan_cache_mode", "force_generic_plan",
                        "enable_seqscan", "off",
                        "application_name", "pgbosun-service",
                        "idle_in_transaction_session_timeout", "30s",
                        "statement_timeout", "30s",
                        "search_path", "public"));
        migrate();
        pool = PgBuilder.pool()
                .with(new PoolOptions()
                        .setMaxSize(connections)
                        .setMaxWaitQueueSize(10_000)
                        .setConnectionTimeout(10)
                        .setConnectionTimeoutUnit(TimeUnit.SECONDS))
                .connectingTo(options)
                .using(vertx)
                .build();
    }

    private void migrate() {
        var url = "jdbc:postgresql://%s:%d/%s".formatted(options.getHost(), options.getPort(), options.getDatabase());
        Flyway.configure(getClass().getClassLoader())
                .dataSource(url, options.getUser(), options.getPassword())
                .locations("classpath:db/migration")
                .failOnMissingLocations(true)
                .connectRetries(10)
                .load()
                .migrate();
    }

    @Produces
    @Singleton
    Store store() {
        var loop = vertx.getOrCreateContext();
        return new Store(pool, use -> loop.runOnContext(begun -> use.run()));
    }

    @Produces
    @Singleton
    Hints hints() {
        var careless = new PgConnectOptions(options).addProperty("synchronous_commit", "off");
        return new Hints(vertx, PgSubscriber.subscriber(vertx, careless));
    }

    void close(@Disposes Hints hints) {
        hints.close();
        pool.close();
    }
}
