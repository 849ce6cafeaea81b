package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.StreamSupport;

/** Says one command to the console of PgBouncer, which knows the simple query protocol alone. */
record ConsoleSession(Vertx vertx, Endpoint endpoint) {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final String CONSOLE = "pgbouncer";

    List<Row> ask(String command) {
        return ask(command, ANSWER);
    }

    /** The rows of the answer; the connection is closed when it does not come in time. */
    List<Row> ask(String command, Duration atMost) {
        refuseEnded();
        var connection = await(PgConnection.connect(vertx, options()), CONNECT, "connecting");
        var open = Work.current().map(work -> work.opened(connection::close));
        try {
            var rows = await(connection.query(command).execute(), atMost, command);
            return StreamSupport.stream(rows.spliterator(), false).toList();
        } finally {
            open.ifPresent(Work.Open::close);
            var _ = connection.close();
        }
    }

    private PgConnectOptions options() {
        var ssl = SslMode.of(endpoint.sslMode());
        var options = new PgConnectOptions()
                .setHost(endpoint.address())
                .setPort(endpoint.port())
                .setDatabase(CONSOLE)
                .setUser(endpoint.username())
                .setSslMode(ssl)
                .setConnectTimeout((int) CONNECT.toMillis())
                // no other settings: PgBouncer refuses those that it does not know
                .setProperties(Map.of("application_name", Work.currentTag(), "client_encoding", "utf8"));
        if (ssl != SslMode.DISABLE) {
            options.setTrustAll(true).setHostnameVerificationAlgorithm("");
        }
        return endpoint.password() == null
                ? options
                : options.setPassword(endpoint.password().reveal());
    }

    private <T> T await(Future<T> future, Duration atMost, String what) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            refuseEnded();
            throw problem(e.getCause());
        } catch (TimeoutException e) {
            future.onSuccess(late -> {
                if (late instanceof PgConnection connection) {
                    connection.close();
                }
            });
            throw Problem.of(
                    ProblemType.TOO_SLOW,
                    "The pooler at %s did not answer %s within %.1f s."
                            .formatted(endpoint.display(), what, atMost.toMillis() / 1000.0),
                    e);
        } catch (InterruptedException e) {
            throw Problem.stopping(e);
        }
    }

    private void refuseEnded() {
        if (Work.current().filter(Work::ended).isPresent()) {
            throw Problem.of(
                    ProblemType.CANCELLED, "The session at " + endpoint.display() + " was ended with its run.");
        }
    }

    private Problem problem(Throwable cause) {
        var at = endpoint.display();
        if (!(cause instanceof PgException said)) {
            var message = Objects.requireNonNullElse(
                    cause.getMessage(), cause.getClass().getSimpleName());
            return Problem.of(
                    ProblemType.UNREACHABLE,
                    "The pooler at " + at + " does not answer (" + message + "); see whether it runs.",
                    cause);
        }
        var message = said.getErrorMessage();
        if (message.contains("admin access needed")) {
            return Problem.of(
                    ProblemType.NOT_POSSIBLE,
                    "The pooler at %s lets user '%s' only look; name it in admin_users."
                            .formatted(at, endpoint.username()),
                    cause);
        }
        if ("FATAL".equals(said.getSeverity())) {
            return Problem.of(
                    ProblemType.NOT_POSSIBLE,
                    "The pooler at %s: login refused for user '%s' (%s); check the password, auth_file and admin_users."
                            .formatted(at, endpoint.username(), message),
                    cause);
        }
        return Problem.of(ProblemType.PROGRAM_FAILED, "The pooler at " + at + " says: " + message + ".", cause);
    }
}
