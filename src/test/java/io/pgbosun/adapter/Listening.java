package io.pgbosun.adapter;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** Whether somebody listens at a port of the loopback interface. */
final class Listening {
    private Listening() {}

    static boolean at(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }
}
