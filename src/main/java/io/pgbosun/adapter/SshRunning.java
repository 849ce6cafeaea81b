package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshException;
import org.jboss.logging.Logger;

/** A program that runs on a host, in a channel of its own, or the launcher itself. */
final class SshRunning implements Program.Running {
    private static final Logger LOG = Logger.getLogger(SshRunning.class);
    private static final Pattern GREETING = Pattern.compile(HostLauncher.GREETING);
    private static final Duration OPEN = Duration.ofSeconds(5);
    private static final long GRACE_SECONDS = 5;
    /** As shells tell of a program that a signal has ended. */
    private static final int BY_SIGNAL = 128 + 15;

    private final SshConnection connection;
    private final ChannelExec channel;
    private final boolean launcher;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Matcher greeting;

    SshRunning(SshConnection connection, ClientSession session, byte[] request, boolean launcher) throws IOException {
        this.connection = connection;
        this.launcher = launcher;
        channel = session.createExecChannel(HostLauncher.COMMAND);
        channel.addCloseFutureListener(closed -> ended.countDown());
        Matcher said = null;
        try {
            channel.open().verify(OPEN);
            channel.getInvertedIn().write(request);
            channel.getInvertedIn().flush();
            said = greeting();
        } finally {
            if (said == null) {
                channel.close(true);
            }
        }
        greeting = said;
    }

    /** The first line; before it there may be what the profile of the user says. */
    private Matcher greeting() throws IOException {
        var said = new StringBuilder();
        for (String line; (line = line(channel.getInvertedErr())) != null; ) {
            var matcher = GREETING.matcher(line);
            if (matcher.matches()) {
                return matcher;
            }
            said.append(line).append('\n');
        }
        if (said.isEmpty()) {
            throw new SshException("the connection was lost");
        }
        throw Problem.notPossible(connection.name() + " does not run what pgbosun needs (bash and coreutils): "
                + said.toString().strip());
    }

    /** Byte by byte, since what follows is the program's. */
    private static String line(InputStream stream) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int one; (one = stream.read()) >= 0; ) {
            if (one == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            }
            line.write(one);
        }
        return line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8);
    }

    void whenEnded(Runnable then) {
        channel.addCloseFutureListener(closed -> then.run());
    }

    /** All that it is to read. */
    void tell(byte[] text) {
        try (var stdin = input()) {
            stdin.write(text);
        } catch (IOException e) {
            LOG.debugf(e, "%s has not read its input; its end tells why", this);
        }
    }

    @Override
    public OutputStream input() {
        return channel.getInvertedIn();
    }

    @Override
    public InputStream output() {
        return channel.getInvertedOut();
    }

    @Override
    public InputStream errors() {
        return channel.getInvertedErr();
    }

    @Override
    public int await() throws InterruptedException {
        ended.await();
        if (channel.getExitStatus() != null) {
            return channel.getExitStatus();
        }
        if (channel.getExitSignal() != null) {
            return BY_SIGNAL;
        }
        throw connection.lost(new SshException("the connection was lost"));
    }

    /** Closing the channel would end nothing. */
    @Override
    public void end() {
        var whom = launcher ? greeting.group(1) : "-" + greeting.group(2);
        Thread.startVirtualThread(() -> {
            try {
                signal("TERM", whom);
                if (!ended.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                    signal("KILL", whom);
                }
            } catch (Problem problem) {
                LOG.warnf(problem, "process %s on %s cannot be ended; the next run will", whom, connection.name());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void signal(String signal, String whom) {
        connection.ask("A program cannot be ended", "kill", List.of(signal, "1", whom));
    }

    @Override
    public String toString() {
        return "process " + greeting.group(1) + " on " + connection.name();
    }
}
