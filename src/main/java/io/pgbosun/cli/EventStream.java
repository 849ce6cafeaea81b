package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The server-sent events of one operation, read on a thread of their own so that the reader can do other things. */
final class EventStream implements AutoCloseable {
    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final Thread reader;

    /** What comes out of it. */
    sealed interface Item {
        /** An event, as the API tells it. */
        record Event(JsonNode json) implements Item {}

        /** Nothing came for a while. */
        record Nothing() implements Item {}

        /** Nothing will come any more: the operation has ended, or the connection is lost. */
        record End() implements Item {}
    }

    EventStream(Api api, String operation, long after) {
        reader = Thread.ofVirtual().name("events").start(() -> read(api, operation, after));
    }

    /** The next one, or {@link Item.Nothing} when none comes in time. */
    Item next(Duration atMost) {
        try {
            var item = items.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
            return item == null ? new Item.Nothing() : item;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Item.End();
        }
    }

    private void read(Api api, String operation, long after) {
        try (var lines =
                new BufferedReader(new InputStreamReader(api.watch(operation, after), StandardCharsets.UTF_8))) {
            var data = new StringBuilder();
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                take(line, data);
            }
        } catch (IOException | RuntimeException e) {
            // whoever reads us asks for the operation next, and is told then what is wrong
        } finally {
            items.add(new Item.End());
        }
    }

    /** An event ends with an empty line; one that was cut off before is not told, and comes again. */
    private void take(String line, StringBuilder data) throws IOException {
        if (line.startsWith("data:")) {
            data.append(line, 5, line.length()).append('\n');
        } else if (line.isEmpty() && !data.isEmpty()) {
            items.add(new Item.Event(Api.parse(data.toString())));
            data.setLength(0);
        }
    }

    @Override
    public void close() {
        reader.interrupt();
    }
}
