package io.pgbosun.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * Asks the service over HTTP/1.1 where h2load cannot: with requests that differ, or at a fixed rate. It is one thread over
 * plain sockets, so that it takes little from the cores that are measured.
 */
final class HttpLoad {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");

    private final Service service;
    private final int connections;
    private final Script script;

    /** What each connection asks next. */
    interface Script {
        /**
         * A request.
         *
         * @param answer the body of the answer before, or null at first
         */
        byte[] next(int connection, String answer);
    }

    HttpLoad(Service service, int connections, Script script) {
        this.service = service;
        this.connections = connections;
        this.script = script;
    }

    /** A request as it goes over the wire. */
    static byte[] request(Service service, String method, String path, String headers, String body) {
        var length =
                body.isEmpty() ? "" : "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n";
        return "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n%s%s\r\n%s"
                .formatted(method, path, service.token(), headers, length, body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * What came of it.
     *
     * @param micros from when a request was due (fixed rate) or sent to the end of its answer
     */
    record Outcome(long requests, double perSecond, Histogram micros) {
        double millis(double percentile) {
            return micros.getValueAtPercentile(percentile) / 1_000.0;
        }
    }

    /** As fast as the service answers. */
    Outcome closed(int seconds) {
        return run(0, seconds);
    }

    /** At a fixed rate: a request that finds no free connection waits, and the wait counts. */
    Outcome fixedRate(int perSecond, int seconds) {
        return run(1_000_000_000L / perSecond, seconds);
    }

    private Outcome run(long interval, int seconds) {
        try (var selector = Selector.open()) {
            var all = new ArrayList<Connection>();
            for (var i = 0; i < connections; i++) {
                all.add(new Connection(i, selector, service.port()));
            }
            try {
                return run(selector, all, interval, seconds * 1_000_000_000L);
            } finally {
                for (var connection : all) {
                    connection.channel.close();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Outcome run(Selector selector, List<Connection> all, long interval, long nanos) throws IOException {
        var micros = new Histogram(60_000_000L, 3);
        var idle = new ArrayDeque<>(all);
        var begin = System.nanoTime();
        var due = begin;
        while (true) {
            var now = System.nanoTime();
            var over = interval == 0 ? now - begin >= nanos : due - begin >= nanos;
            if (over && idle.size() == all.size()) {
                return new Outcome(micros.getTotalCount(), micros.getTotalCount() * 1e9 / (now - begin), micros);
            }
            while (!over && !idle.isEmpty() && (interval == 0 || due <= now)) {
                idle.poll().send(script, interval == 0 ? now : due);
                due += interval;
                over = interval > 0 && due - begin >= nanos;
            }
            selector.select(interval == 0 ? 100 : 1);
            receive(selector, idle, micros);
        }
    }

    private static void receive(Selector selector, Deque<Connection> idle, Histogram micros) throws IOException {
        for (var key : selector.selectedKeys()) {
            var connection = (Connection) key.attachment();
            if (connection.receive()) {
                micros.recordValue(Math.min(59_000_000L, (System.nanoTime() - connection.since) / 1_000));
                idle.add(connection);
            }
        }
        selector.selectedKeys().clear();
    }

    private static final class Connection {
        private final int number;
        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocate(1 << 18);
        private int whole = -1;
        private int head;
        private long since;
        private String answer;

        Connection(int number, Selector selector, int port) throws IOException {
            this.number = number;
            channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channel.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        void send(Script script, long since) throws IOException {
            this.since = since;
            var request = ByteBuffer.wrap(script.next(number, answer));
            while (request.hasRemaining()) {
                channel.write(request);
            }
        }

        /** True when the answer is complete. */
        boolean receive() throws IOException {
            if (channel.read(in) < 0) {
                throw new EOFException("the service has closed a connection");
            }
            if (whole < 0) {
                readHead();
            }
            if (whole < 0 || in.position() < whole) {
                return false;
            }
            answer = new String(in.array(), head, whole - head, StandardCharsets.UTF_8);
            in.clear();
            whole = -1;
            return true;
        }

        private void readHead() {
            var text = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
            var end = text.indexOf("\r\n\r\n");
            if (end < 0) {
                return;
            }
            var length = LENGTH.matcher(text.substring(0, end + 2));
            if (text.charAt(9) != '2' || !length.find()) {
                throw new IllegalStateException("the service answered: " + text);
            }
            head = end + 4;
            whole = head + Integer.parseInt(length.group(1));
        }
    }
}
