package io.pgbosun.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** A link to a server that breaks off: after so many bytes of the answer to a request whose first line begins so. */
final class BreakingLink implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int LINE_BYTES = 400;

    private final ServerSocket listening;
    private final int serverPort;
    private final Pattern requestBegins;
    private final long answerBytes;
    private final AtomicInteger breaksLeft;

    BreakingLink(int serverPort, String requestBegins, long answerBytes, int breaks) {
        this.serverPort = serverPort;
        this.requestBegins = Pattern.compile(requestBegins);
        this.answerBytes = answerBytes;
        breaksLeft = new AtomicInteger(breaks);
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    int breaksLeft() {
        return breaksLeft.get();
    }

    private void accept() {
        try {
            while (true) {
                var client = listening.accept();
                var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                var answered = new Answered(client, server);
                Thread.startVirtualThread(answered::forward);
                Thread.startVirtualThread(answered::back);
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    /** One connection; the bytes of each answer are counted from its request on. */
    private final class Answered {
        private final Socket client;
        private final Socket server;
        private volatile long bytesLeft = Long.MAX_VALUE;

        Answered(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void forward() {
            var buffer = new byte[BUFFER_BYTES];
            try (client;
                    server) {
                for (int length; (length = client.getInputStream().read(buffer)) >= 0; ) {
                    var text = new String(buffer, 0, Math.min(length, LINE_BYTES), StandardCharsets.ISO_8859_1);
                    if (requestBegins.matcher(text).lookingAt()
                            && breaksLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                        bytesLeft = answerBytes;
                    }
                    server.getOutputStream().write(buffer, 0, length);
                }
            } catch (IOException broken) {
                // as meant
            }
        }

        void back() {
            var buffer = new byte[BUFFER_BYTES];
            try (client;
                    server) {
                for (int length; (length = server.getInputStream().read(buffer)) >= 0; ) {
                    if (length > bytesLeft && !isContinue(buffer)) {
                        client.getOutputStream().write(buffer, 0, (int) bytesLeft);
                        return;
                    }
                    client.getOutputStream().write(buffer, 0, length);
                    bytesLeft -= isContinue(buffer) ? 0 : length;
                }
            } catch (IOException broken) {
                // as meant
            }
        }

        /** What asks for the body is not the answer yet. */
        private static boolean isContinue(byte[] answer) {
            return new String(answer, 0, 12, StandardCharsets.ISO_8859_1).equals("HTTP/1.1 100");
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
