package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/** One connection for one call: tagged with the run it serves, ended with that run, and closed after the call. */
final class JdbcSession implements AutoCloseable {
    /** What is said over a session. */
    interface Body<T> {
        T run(Connection connection) throws SQLException;
    }

    private static final Logger LOG = Logger.getLogger(JdbcSession.class);
    private static final int CONNECT_SECONDS = 2;
    private static final int LOGIN_SECONDS = 3;

    private final Endpoint endpoint;
    private final Connection connection;
    private final Optional<Work.Open> registration;
    /** Kept here, since the run may be reopened before this session's failure is looked at. */
    private volatile boolean ended;

    private JdbcSession(Endpoint endpoint, Connection connection) {
        this.endpoint = endpoint;
        this.connection = connection;
        registration = Work.current().map(work -> work.opened(this::end));
    }

    static <T> T call(Endpoint endpoint, String database, Limits limits, Body<T> body) {
        try (var session = open(endpoint, database, limits)) {
            return session.run(body);
        }
    }

    static JdbcSession open(Endpoint endpoint, String database, Limits limits) {
        Work.current()
                .filter(work -> work.mustEndLeftoversAt(endpoint.display()))
                .ifPresent(work -> endLeftovers(work, endpoint));
        return opened(endpoint, database, limits);
    }

    private static void endLeftovers(Work work, Endpoint endpoint) {
        try (var session = opened(endpoint, "postgres", Limits.read())) {
            session.run(connection -> SessionEnder.endLeftOver(connection, endpoint, work.operation(), work.epoch()));
        }
        work.leftoversEndedAt(endpoint.display());
    }

    private static JdbcSession opened(Endpoint endpoint, String database, Limits limits) {
        try {
            return new JdbcSession(endpoint, source(endpoint, database, limits).getConnection());
        } catch (SQLException e) {
            throw SqlProblem.of(e, endpoint, Work.current().map(Work::ended).orElse(false));
        }
    }

    private static PGSimpleDataSource source(Endpoint endpoint, String database, Limits limits) {
        var source = new PGSimpleDataSource();
        var address = endpoint.address();
        source.setServerNames(new String[] {address.indexOf(':') < 0 ? address : "[" + address + "]"});
        source.setPortNumbers(new int[] {endpoint.port()});
        source.setDatabaseName(database);
        source.setUser(endpoint.username());
        if (endpoint.password() != null) {
            source.setPassword(endpoint.password().reveal());
        }
        if (endpoint.sslMode() != null) {
            source.setSslMode(endpoint.sslMode());
        }
        source.setApplicationName(Work.currentTag());
        source.setConnectTimeout(CONNECT_SECONDS);
        source.setLoginTimeout(LOGIN_SECONDS);
        source.setCancelSignalTimeout(LOGIN_SECONDS);
        source.setTcpKeepAlive(true);
        source.setSocketTimeout(limits.socketSeconds());
        source.setOptions(limits.options());
        if (limits.simple()) {
            source.setPreferQueryMode(PreferQueryMode.SIMPLE);
        }
        return source;
    }

    <T> T run(Body<T> body) {
        if (ended) {
            throw Problem.of(ProblemType.CANCELLED, "The run was ended before it spoke to " + endpoint.display() + ".");
        }
        try {
            return body.run(connection);
        } catch (SQLException e) {
            throw SqlProblem.of(e, endpoint, ended);
        }
    }

    int pid() {
        return run(open -> open.unwrap(PGConnection.class).getBackendPID());
    }

    /** Cancelling opens a connection of its own: not on the thread that ends the run, which has others to end. */
    private void end() {
        ended = true;
        Thread.startVirtualThread(this::abort);
    }

    /** Cancels what runs, since a server may not notice for long that its client is gone, and cuts the connection. */
    void abort() {
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            LOG.debugf(e, "nothing could be cancelled at %s", endpoint.display());
        }
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debugf(e, "the connection to %s was gone already", endpoint.display());
        }
    }

    @Override
    public void close() {
        registration.ifPresent(Work.Open::close);
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debugf(e, "the connection to %s was gone already", endpoint.display());
        }
    }
}
