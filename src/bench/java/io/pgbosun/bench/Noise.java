package io.pgbosun.bench;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.SplittableRandom;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/** A database of bytes that nothing can compress. */
final class Noise {
    static final String DATABASE = "noise";

    private static final byte[] BINARY = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final int ROW_BYTES = 1 << 20;

    private Noise() {}

    /** Makes it, of so many MiB. */
    static void fill(Postgres postgres, int mib) {
        postgres.run("postgres", "create database " + DATABASE);
        postgres.run(
                DATABASE, "create table noise (bytes bytea)", "alter table noise alter bytes set storage external");
        try (var connection = postgres.open(DATABASE);
                var out = new DataOutputStream(new PGCopyOutputStream(
                        connection.unwrap(PGConnection.class), "copy noise from stdin binary", ROW_BYTES))) {
            var random = new SplittableRandom(1);
            var row = new byte[ROW_BYTES];
            out.write(BINARY);
            out.writeLong(0); // no flags, no extension
            for (var i = 0; i < mib; i++) {
                random.nextBytes(row);
                out.writeShort(1);
                out.writeInt(row.length);
                out.write(row);
            }
            out.writeShort(-1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        postgres.run(DATABASE, "checkpoint");
    }
}
