package io.pgbosun.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/** How long after it happened a thousand watchers hear of an event, over server-sent events. */
final class Watchers {
    private static final int WATCHERS = 1_000;
    private static final int OPERATIONS = 16;
    private static final Pattern AT = Pattern.compile("\"at\":\"([^\"]+)\"");

    private final Stage stage;
    private final Report report;
    private Histogram micros;
    private Instant since;

    Watchers(Stage stage, Report report) {
        this.stage = stage;
        this.report = report;
    }

    void run() {
        try (var both = stage.service("api,worker")) {
            NoOps.startsAndWaits(both, 16).closed(stage.seconds(15)); // warm, and so the way of the events
            round(both, 20, 400);
            round(both, stage.quick() ? 10 : 20, 1_000);
            report.figure("events that 1,000 watchers heard", micros.getTotalCount(), "");
            report.figure("event to watcher, 1,000 watchers: p50", micros.getValueAtPercentile(50) / 1_000.0, "ms");
            report.atMost("event to watcher, 1,000 watchers: p99", micros.getValueAtPercentile(99) / 1_000.0, "ms", 50);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void round(Service both, int steps, int stepMillis) throws IOException {
        micros = new Histogram(60_000_000L, 3);
        try (var selector = Selector.open()) {
            var channels = new ArrayList<SocketChannel>();
            var operations = new ArrayList<String>();
            for (var i = 0; i < OPERATIONS; i++) {
                operations.add(NoOps.id(
                        both.post(NoOps.path(i), "{\"steps\":%d,\"stepMillis\":%d}".formatted(steps, stepMillis))));
            }
            for (var i = 0; i < WATCHERS; i++) {
                channels.add(watch(selector, both, operations.get(i % OPERATIONS)));
            }
            since = Instant.now();
            listen(selector, steps * stepMillis / 1_000);
            for (var channel : channels) {
                channel.close();
            }
        }
    }

    private static SocketChannel watch(Selector selector, Service service, String operation) throws IOException {
        var channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", service.port()));
        channel.write(ByteBuffer.wrap(HttpLoad.request(
                service, "GET", "/v1/operations/" + operation + "/watch", "Accept: text/event-stream\r\n", "")));
        var status =
                ByteBuffer.allocate("HTTP/1.1 200 OK\r\n".length()); // one after the other: coming in is not measured
        while (status.hasRemaining() && channel.read(status) >= 0) {
            continue;
        }
        if (status.get(9) != '2') {
            throw new IllegalStateException(
                    "a watcher was answered: " + new String(status.array(), StandardCharsets.US_ASCII));
        }
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, new StringBuilder());
        return channel;
    }

    /** Until all streams have ended, for their operations have. */
    private void listen(Selector selector, int seconds) throws IOException {
        var buffer = ByteBuffer.allocate(1 << 16);
        var end = System.nanoTime() + (seconds + 60) * 1_000_000_000L;
        var ended = 0;
        while (ended < WATCHERS) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("of %d watchers %d have heard of the end".formatted(WATCHERS, ended));
            }
            selector.select(1_000);
            for (var key : selector.selectedKeys()) {
                if (read((SocketChannel) key.channel(), (StringBuilder) key.attachment(), buffer)) {
                    key.cancel();
                    ended++;
                }
            }
            selector.selectedKeys().clear();
        }
    }

    /** True when the stream has told of the end. */
    private boolean read(SocketChannel channel, StringBuilder text, ByteBuffer buffer) throws IOException {
        buffer.clear();
        var closed = channel.read(buffer) < 0;
        var now = Instant.now();
        text.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
        var done = false;
        int line;
        while ((line = text.indexOf("\n")) >= 0) {
            var at = AT.matcher(text.substring(0, line));
            if (at.find() && Instant.parse(at.group(1)).isAfter(since)) {
                micros.recordValue(Math.max(0, Instant.parse(at.group(1)).until(now, ChronoUnit.MICROS)));
            }
            done |= text.substring(0, line).contains("\"state\":\"SUCCEEDED\"");
            text.delete(0, line + 1);
        }
        if (closed && !done) {
            throw new IllegalStateException("a stream has ended before its operation");
        }
        return done;
    }
}
