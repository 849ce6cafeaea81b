package io.pgbosun.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A wire between a client and a server on this machine that understands nothing of what it carries, and can be as bad as
 * wires are.
 */
final class Link implements AutoCloseable {
    private static final int MOST_DELAY_MILLIS = 300;
    private static final int LOOK_MILLIS = 20;

    /** How the wire is. */
    enum Weather {
        CLEAR,
        /** Every piece arrives late. */
        DELAY,
        /** Nothing arrives, and nobody is told; what was sent meanwhile arrives when it clears up. */
        DROP,
        /** The client is told that the server has no more to say, and the server is told nothing. */
        HALF_CLOSE,
        /** Every connection is reset, at both ends. */
        RESET,
        /** Whoever comes is reset; the connections that there are go on. */
        REFUSE
    }

    private final ServerSocket entry;
    private final int server;
    private final Random random;
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private volatile Weather weather = Weather.CLEAR;

    /** A connection and the one that carries it on. */
    private record Pair(Socket client, Socket server) {
        void reset() {
            for (var socket : new Socket[] {client, server}) {
                try {
                    socket.setSoLinger(true, 0);
                    socket.close();
                } catch (IOException closed) {
                    continue; // at its end already
                }
            }
        }

        void halfClose() {
            try {
                client.shutdownOutput();
            } catch (IOException closed) {
                reset();
            }
        }
    }

    /** To the server of that port. */
    Link(int server, Random random) {
        this.server = server;
        this.random = random;
        try {
            entry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("link").start(this::accept);
    }

    int port() {
        return entry.getLocalPort();
    }

    /** For the connections that there are and for all that come. */
    void set(Weather now) {
        weather = now;
        pairs.forEach(this::suffer);
    }

    private void suffer(Pair pair) {
        if (weather == Weather.RESET) {
            pair.reset();
        } else if (weather == Weather.HALF_CLOSE) {
            pair.halfClose();
        }
    }

    private void accept() {
        while (!entry.isClosed()) {
            try {
                var client = entry.accept();
                if (weather == Weather.REFUSE) {
                    new Pair(client, client).reset();
                } else {
                    Thread.startVirtualThread(() -> carry(client));
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void carry(Socket client) {
        var to = new Socket();
        var pair = new Pair(client, to);
        pairs.add(pair);
        try {
            to.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server));
            suffer(pair);
            var back = Thread.startVirtualThread(() -> pump(pair, to, client));
            pump(pair, client, to);
            back.join();
        } catch (IOException | InterruptedException e) {
            pair.reset();
        } finally {
            pairs.remove(pair);
        }
    }

    private void pump(Pair pair, Socket from, Socket to) {
        var piece = new byte[16 * 1024];
        try {
            for (int read = from.getInputStream().read(piece);
                    read >= 0;
                    read = from.getInputStream().read(piece)) {
                hold();
                to.getOutputStream().write(piece, 0, read);
            }
            hold();
            to.shutdownOutput();
        } catch (IOException broken) {
            pair.reset();
        }
    }

    private void hold() {
        try {
            if (weather == Weather.DELAY) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(MOST_DELAY_MILLIS));
            }
            while (weather == Weather.DROP) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            entry.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        pairs.forEach(Pair::reset);
    }
}
