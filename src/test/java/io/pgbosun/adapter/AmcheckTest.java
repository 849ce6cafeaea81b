package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AmcheckTest {
    private RealPostgres postgres;

    @BeforeEach
    void start() {
        postgres = RealPostgres.start();
        postgres.server.createDatabase("shop", null);
        postgres.server.script("shop", """
                create schema "S p"; create extension amcheck schema "S p";
                create table "or ders" (id int primary key, note text);
                insert into "or ders" select i, 'note ' || i from generate_series(1, 5000) i;
                create table gone (id int primary key); insert into gone select generate_series(1, 5000)""");
    }

    @AfterEach
    void stop() {
        postgres.close();
    }

    @Test
    void whole_databases_pass_and_damage_is_named_wherever_it_is() throws IOException {
        assertEquals(List.of(), postgres.server.amcheck("shop"));
        assertEquals(List.of(), postgres.server.amcheck("postgres"));

        var index = postgres.ask("shop", "select pg_relation_filepath('\"or ders_pkey\"')");
        var table = postgres.ask("shop", "select pg_relation_filepath('gone')");
        postgres.programs.stop(postgres.data);
        flip(index, 8192 * 3 + 4000);
        Files.delete(postgres.data.resolve(table));
        postgres.programs.start(postgres.data);

        var findings = postgres.server.amcheck("shop");
        assertTrue(findings.stream().anyMatch(line -> line.startsWith("public.or ders_pkey: ")), findings::toString);
        assertTrue(findings.stream().anyMatch(line -> line.startsWith("public.gone")), findings::toString);
    }

    private void flip(String file, long position) throws IOException {
        try (var page = new RandomAccessFile(postgres.data.resolve(file).toFile(), "rw")) {
            page.seek(position);
            int old = page.read();
            page.seek(position);
            page.write(~old);
        }
    }
}
