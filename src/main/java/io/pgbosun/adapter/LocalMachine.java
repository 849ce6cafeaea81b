package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.UUID;

/** This host. */
record LocalMachine(PostgresBin bin) implements Machine {
    @Override
    public Program program(String name, List<String> arguments) {
        return new LocalProcess(bin, name, arguments);
    }

    @Override
    public boolean isOurs() {
        return true;
    }

    @Override
    public MachineFiles files() {
        return new LocalFiles();
    }

    @Override
    public MachineProcesses processes() {
        return new LocalProcesses();
    }

    @Override
    public int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw Problem.of(ProblemType.PROGRAM_FAILED, "No TCP port is free on this host.", e);
        }
    }

    /** All that runs here ends with its run. */
    @Override
    public void endLasting(UUID operation) {
        // nothing lasts
    }
}
