package io.pgbosun.bench;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Stands between a service and its control database and loses every notification: the worst that can happen to hints. */
final class DeafProxy implements AutoCloseable {
    private static final int SSL_REQUEST = 80877103;
    private static final int NOTIFICATION = 'A';

    private final ServerSocket listening;
    private final int target;

    DeafProxy(int target) {
        this.target = target;
        try {
            listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                var client = listening.accept();
                Thread.ofPlatform().daemon().start(() -> serve(client));
            }
        } catch (IOException e) {
            Report.note("the proxy has ended"); // it was closed
        }
    }

    private void serve(Socket client) {
        try (client;
                var server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            var in = new DataInputStream(client.getInputStream());
            var out = new DataOutputStream(server.getOutputStream());
            var length = in.readInt();
            var code = in.readInt();
            if (code == SSL_REQUEST) {
                client.getOutputStream().write('N');
                length = in.readInt();
                code = in.readInt();
            }
            out.writeInt(length);
            out.writeInt(code);
            Thread.ofPlatform().daemon().start(() -> forward(in, out));
            backward(new DataInputStream(new java.io.BufferedInputStream(server.getInputStream(), 1 << 16)), client);
        } catch (IOException e) {
            // one side has closed the connection, and so does the other now
        }
    }

    private static void forward(DataInputStream in, DataOutputStream out) {
        try {
            in.transferTo(out);
            out.close();
        } catch (IOException e) {
            // as above
        }
    }

    private static void backward(DataInputStream in, Socket client) throws IOException {
        var out = new DataOutputStream(new java.io.BufferedOutputStream(client.getOutputStream(), 1 << 16));
        while (true) {
            var type = in.readUnsignedByte();
            var length = in.readInt();
            var body = in.readNBytes(length - 4);
            if (type != NOTIFICATION) {
                out.writeByte(type);
                out.writeInt(length);
                out.write(body);
            }
            if (in.available() == 0) {
                out.flush();
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
