package io.pgbosun.process;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** HTTP/1.1 byte by byte, because well-behaved clients refuse to send what a service must refuse to take. */
final class Wire implements AutoCloseable {
    private static final int ANSWER_MILLIS = 60_000;

    private final int port;
    private Socket socket;
    private BufferedInputStream in;

    Wire(int port) {
        this.port = port;
    }

    /**
     * One answer.
     *
     * @param headers by their names in lower case
     */
    record Answer(int status, Map<String, String> headers, String body) {
        boolean problem() {
            return "application/problem+json".equals(headers.get("content-type"));
        }
    }

    /** Sends a request as it is and reads the answer; a closed connection is opened anew. */
    Answer send(byte[] request) {
        var fresh = socket == null;
        try {
            return exchange(request);
        } catch (IOException e) {
            close();
            if (!fresh) {
                return send(request); // the service had closed what was idle or in doubt
            }
            throw new UncheckedIOException(e);
        }
    }

    private Answer exchange(byte[] request) throws IOException {
        if (socket == null) {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
        }
        try {
            socket.getOutputStream().write(request);
        } catch (IOException e) {
            if (in.available() == 0) {
                throw e;
            }
        }
        var head = head();
        var stream = "text/event-stream".equals(head.headers().get("content-type"));
        var answer = stream ? head : new Answer(head.status(), head.headers(), body(request, head));
        if (stream || "close".equalsIgnoreCase(head.headers().get("connection"))) {
            close();
        }
        return answer;
    }

    private Answer head() throws IOException {
        var first = line();
        var status = Integer.parseInt(first.split(" ")[1]);
        var headers = new TreeMap<String, String>();
        for (var line = line(); !line.isEmpty(); line = line()) {
            var cut = line.indexOf(':');
            headers.put(
                    line.substring(0, cut).toLowerCase(Locale.ROOT),
                    line.substring(cut + 1).strip());
        }
        return status == 100 ? head() : new Answer(status, headers, "");
    }

    private String body(byte[] request, Answer head) throws IOException {
        if (request[0] == 'H' && request[1] == 'E' || head.status() == 204 || head.status() == 304) {
            return "";
        }
        if ("chunked".equals(head.headers().get("transfer-encoding"))) {
            var body = new ByteArrayOutputStream();
            for (var size = chunk(); size > 0; size = chunk()) {
                body.write(in.readNBytes(size));
                line();
            }
            line();
            return body.toString(StandardCharsets.UTF_8);
        }
        var length = Integer.parseInt(head.headers().getOrDefault("content-length", "0"));
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private int chunk() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (var next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection was closed after '" + line + "'");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    @Override
    public void close() {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            socket = null;
        }
    }
}
