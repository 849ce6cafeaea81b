package io.pgbosun.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The control database that a service keeps in its state folder, read from beside the service. */
record ControlDatabase(Path home) {
    Path directory() {
        return home.resolve("store");
    }

    /** As {@code PGBOSUN_STORE_URL}. */
    String url() {
        return url(port());
    }

    /** By another way than straight. */
    String url(int port) {
        return "postgresql://postgres:%s@127.0.0.1:%d/pgbosun".formatted(text("store.password"), port);
    }

    int port() {
        return Integer.parseInt(text("store.port"));
    }

    private String text(String file) {
        try {
            return Files.readString(home.resolve(file)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A session that is kept open, for looking often. */
    Session open() {
        return Session.open(
                "jdbc:postgresql://127.0.0.1:" + text("store.port") + "/pgbosun", "postgres", text("store.password"));
    }

    /** One value. */
    String value(String sql, Object... parameters) {
        try (var session = open()) {
            return session.value(sql, parameters);
        }
    }

    long number(String sql, Object... parameters) {
        return Long.parseLong(value(sql, parameters));
    }

    /** The first column of every row. */
    List<String> values(String sql, Object... parameters) {
        try (var session = open()) {
            return session.values(sql, parameters);
        }
    }

    /** One connection to a server. */
    record Session(java.sql.Connection connection) implements AutoCloseable {
        static Session open(String url, String user, String password) {
            try {
                return new Session(DriverManager.getConnection(url, user, password));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        String value(String sql, Object... parameters) {
            var values = values(sql, parameters);
            return values.isEmpty() ? null : values.getFirst();
        }

        List<String> values(String sql, Object... parameters) {
            try (var statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < parameters.length; i++) {
                    statement.setObject(i + 1, parameters[i]);
                }
                var values = new ArrayList<String>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        values.add(rows.getString(1));
                    }
                }
                return values;
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Statements that answer nothing. */
        void run(String sql) {
            try (var statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** How many steps of an operation have been told of in events. */
    static final String STEP_EVENTS =
            "select count(*) from operation_event where operation = ?::uuid and type = 'STEP'";

    static final String STATE = "select state from operation where id = ?::uuid";
    static final String EPOCH = "select lease_epoch from operation where id = ?::uuid";
}
