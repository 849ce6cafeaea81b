package io.pgbosun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class DisplayTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private static void show(Display display, int number, String type, String data) throws JsonProcessingException {
        display.show(Api.parse(StubApi.eventJson(number, type, data)));
    }

    @Test
    void without_a_terminal_each_ended_step_is_a_line_with_the_time_it_took() throws JsonProcessingException {
        var lines = new ProgressLines(out);
        show(lines, 1, "STATE", "{\"state\":\"RUNNING\"}");
        show(lines, 2, "STEP", "{\"step\":\"dump demo\",\"state\":\"INTENT\"}");
        show(lines, 5, "PROGRESS", "{\"step\":\"dump demo\",\"percent\":50}");
        show(lines, 14, "STEP", "{\"step\":\"dump demo\",\"state\":\"DONE\"}");
        show(lines, 15, "STEP", "{\"step\":\"look\",\"state\":\"FOUND\"}");
        show(lines, 16, "WARNING", "{\"message\":\"slow\\ndisk\"}");
        show(lines, 17, "STATE", "{\"state\":\"STUCK\",\"reason\":\"unknown\"}");

        assertEquals("""
                      12.0 s  dump demo  DONE
                       1.0 s  look  FOUND
                              warning: slow disk
                              STUCK: unknown
                """, bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void the_progress_line_shows_a_percentage_only_when_it_was_measured() throws JsonProcessingException {
        var line = new ProgressLine(out, 100);
        show(line, 1, "STATE", "{\"state\":\"QUEUED\"}");
        assertEquals("[|] 1.0 s  QUEUED", line.text(Duration.ofSeconds(1)));
        show(line, 2, "STATE", "{\"state\":\"RUNNING\"}");
        show(line, 3, "STEP", "{\"step\":\"vacuum demo\",\"state\":\"INTENT\"}");
        assertEquals("[|] 2.0 s  vacuum demo", line.text(Duration.ofSeconds(2)));
        show(
                line,
                4,
                "PROGRESS",
                "{\"step\":\"vacuum demo\",\"phase\":\"scanning heap\",\"done\":50000,\"unit\":\"blocks\"}");
        assertEquals("[|] 3.0 s  vacuum demo: scanning heap, 50,000 blocks", line.text(Duration.ofSeconds(3)));
        show(
                line,
                5,
                "PROGRESS",
                "{\"step\":\"vacuum demo\",\"phase\":\"copying\",\"done\":1048576,\"total\":2097152,\"unit\":\"bytes\",\"percent\":50}");
        assertEquals(
                "[##########----------] 50 % 4.0 s  vacuum demo: copying, 1.0 MiB of 2.0 MiB",
                line.text(Duration.ofSeconds(4)));
    }

    @Test
    void the_progress_line_fits_on_the_terminal_and_leaves_it_clean() throws JsonProcessingException {
        var line = new ProgressLine(out, 40);
        show(line, 1, "STATE", "{\"state\":\"RUNNING\"}");
        show(line, 2, "STEP", "{\"step\":\"%s\",\"state\":\"INTENT\"}".formatted("long ".repeat(30)));
        line.close();

        assertEquals(39, line.text(Duration.ZERO).length());
        assertTrue(bytes.toString(StandardCharsets.UTF_8).endsWith("\r\u001b[K"));
    }

    @Test
    void a_table_aligns_words_to_the_left_and_figures_to_the_right() throws JsonProcessingException {
        var items =
                "[{\"name\":\"a\",\"sizeBytes\":1536,\"state\":\"UP\"},{\"name\":\"longer\",\"sizeBytes\":12,\"state\":\"DOWN\"}]";

        Table.of(Api.parse(items), "name", "sizeBytes", "state:is").print(out, "");

        assertEquals("""
                NAME       SIZE  IS
                a       1.5 KiB  UP
                longer     12 B  DOWN
                """, bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void a_sheet_shows_what_is_there_with_its_parts_below() throws JsonProcessingException {
        var thing =
                "{\"evidence\":[{\"level\":\"RECORDED\",\"detail\":\"x\"}],\"name\":\"a\",\"sizeBytes\":1073741824,\"none\":null,\"empty\":[]}";

        Sheet.print(out, Api.parse(thing), "");

        assertEquals("""
                name  a
                size  1.0 GiB
                evidence
                  LEVEL     DETAIL
                  RECORDED  x
                """, bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void sizes_and_times_are_short_and_have_units() {
        assertEquals("1023 B", Format.size(1023));
        assertEquals("1.0 MiB", Format.size(1024 * 1024 - 1));
        assertEquals("0.4 s", Format.seconds(0.35));
        assertEquals("2 min 05 s", Format.seconds(125));
        assertEquals("1 h 01 min", Format.seconds(3660));
        assertEquals("30 d 00 h", Format.seconds(30 * 86_400));
        var now = Instant.parse("2026-11-20T12:00:00Z");
        assertEquals("03:04:05", Format.time(Instant.parse("2026-11-20T03:04:05Z"), now, ZoneOffset.UTC));
        assertEquals("01 Mar 03:04", Format.time(Instant.parse("2026-03-01T03:04:05Z"), now, ZoneOffset.UTC));
        assertEquals("2025-03-01 03:04", Format.time(Instant.parse("2025-03-01T03:04:05Z"), now, ZoneOffset.UTC));
    }

    @Test
    void names_from_the_service_cannot_steer_the_terminal() {
        assertEquals("a?[31mb c", Format.clean("a\u001b[31mb\nc"));
    }
}
