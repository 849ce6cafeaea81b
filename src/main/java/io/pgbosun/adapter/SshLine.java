package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSession.ClientSessionEvent;
import org.apache.sshd.common.SshException;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClientFactory;

/** One session of SSH with a host: programs in channels of their own, and one channel of SFTP. */
final class SshLine {
    /** OpenSSH allows ten channels ({@code MaxSessions}); one is that of SFTP, and one is spare. */
    private static final int PROGRAMS = 8;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration IDLE = Duration.ofMinutes(10);

    private final ClientSession session;
    private final Semaphore programs = new Semaphore(PROGRAMS, true);
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long usedAt = System.nanoTime();
    private SftpClient sftp;

    SshLine(ClientSession session) {
        this.session = session;
        Thread.startVirtualThread(this::closeWhenIdle);
    }

    boolean isOpen() {
        return session.isOpen() && !session.isClosing();
    }

    /** Nobody is cut off: it is closed only while no program runs. */
    private void closeWhenIdle() {
        while (!session.waitFor(EnumSet.of(ClientSessionEvent.CLOSED), IDLE).contains(ClientSessionEvent.CLOSED)) {
            if (System.nanoTime() - usedAt > IDLE.toNanos() && programs.tryAcquire(PROGRAMS)) {
                session.close(false);
                return;
            }
        }
    }

    SshRunning run(SshConnection connection, byte[] request, boolean launcher) throws IOException {
        usedAt = System.nanoTime();
        take();
        SshRunning running = null;
        try {
            running = new SshRunning(connection, session, request, launcher);
            running.whenEnded(() -> {
                usedAt = System.nanoTime();
                programs.release();
            });
            return running;
        } finally {
            if (running == null) {
                programs.release();
            }
        }
    }

    private void take() {
        try {
            if (!programs.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw Problem.of(
                        ProblemType.BUSY,
                        "Too much runs on " + session.getRemoteAddress() + " by SSH at once; try again later.");
            }
        } catch (InterruptedException e) {
            throw Problem.stopping(e);
        }
    }

    /** One question at a time: all of them are short. */
    <T> T sftp(SshConnection.Asked<T> asked) throws IOException {
        usedAt = System.nanoTime();
        lock.lock();
        try {
            if (sftp == null || !sftp.isOpen()) {
                sftp = SftpClientFactory.instance().createSftpClient(session);
            }
            return asked.of(sftp);
        } catch (IllegalStateException e) {
            throw new SshException(e.getMessage(), e); // the session was just lost
        } finally {
            lock.unlock();
        }
    }
}
