package io.pgbosun.adapter;

import io.pgbosun.host.SshLogin;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;

/** The connection to one host: made when it is needed, shared by all threads, and made anew after it was lost. */
final class SshConnection {
    /** Carries the key that a host must show to where keys are looked at. */
    static final AttributeKey<HostKey> HOST_KEY = new AttributeKey<>();

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration LOGIN = Duration.ofSeconds(10);
    private static final Duration REST = Duration.ofSeconds(3);

    private final SshLogin login;
    private final Supplier<SshClient> client;
    private final Supplier<KeyPair> ownKey;
    private final AtomicReference<Attempt> attempt = new AtomicReference<>();

    SshConnection(SshLogin login, Supplier<SshClient> client, Supplier<KeyPair> ownKey) {
        this.login = login;
        this.client = client;
        this.ownKey = ownKey;
    }

    /** The key that a host must show, and one that it showed instead. */
    static final class HostKey {
        final PublicKey expected;
        volatile PublicKey shown;

        HostKey(PublicKey expected) {
            this.expected = expected;
        }
    }

    /** Something asked of the SFTP server. */
    interface Asked<T> {
        T of(SftpClient sftp) throws IOException;
    }

    /** A program that was asked for with the bytes of a request. */
    SshRunning run(byte[] request, boolean launcher) {
        try {
            return line().run(this, request, launcher);
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /** What the launcher answers at once; a problem that says what cannot be done, when it cannot. */
    String ask(String what, String verb, List<String> values) {
        return ask(what, verb, values, new byte[0]);
    }

    /** The same, with something more to read. */
    String ask(String what, String verb, List<String> values, byte[] input) {
        var running = run(HostLauncher.request(verb, values), false);
        var errors = new Tail(running.errors());
        try {
            running.tell(input);
            var answer = new String(running.output().readAllBytes(), StandardCharsets.UTF_8);
            int exitCode = running.await();
            if (exitCode == 0) {
                return answer;
            }
            var outcome = new ProgramOutcome(verb, exitCode, answer, errors.text(LOGIN));
            throw IoProblem.of(what, HostLauncher.said(outcome));
        } catch (IOException e) {
            throw lost(e);
        } catch (InterruptedException e) {
            throw Problem.stopping(e);
        }
    }

    /** Asks the SFTP server; what it says of a file is a problem that names the file. */
    <T> T sftp(Path path, String what, Asked<T> asked) {
        return IoProblem.asking(path, what, () -> {
            try {
                return line().sftp(asked);
            } catch (SftpException e) {
                throw told(path, e);
            } catch (FileSystemException e) {
                throw e;
            } catch (IOException e) {
                throw lost(e);
            }
        });
    }

    /** What the server says of the path, in Java's words. */
    static FileSystemException told(Path path, SftpException e) {
        return switch (e.getStatus()) {
            case SftpConstants.SSH_FX_NO_SUCH_FILE, SftpConstants.SSH_FX_NO_SUCH_PATH ->
                new NoSuchFileException(path.toString());
            case SftpConstants.SSH_FX_PERMISSION_DENIED -> new AccessDeniedException(path.toString());
            default -> new FileSystemException(path.toString(), null, e.getMessage());
        };
    }

    Problem lost(Exception cause) {
        var reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return Problem.of(
                ProblemType.UNREACHABLE,
                SshKeys.name(login) + " cannot be reached by SSH: " + reason + ". See whether it runs, and its sshd.",
                Map.of("host", login.address(), "port", login.port()),
                cause);
    }

    String name() {
        return SshKeys.name(login);
    }

    /** All who want a connection at the same time wait for the same one, or fail with it. */
    private SshLine line() {
        while (true) {
            var last = attempt.get();
            if (last != null && last.holds()) {
                return last.line();
            }
            var next = new Attempt();
            if (attempt.compareAndSet(last, next)) {
                Thread.ofVirtual().name("ssh " + name()).start(() -> next.make(this::connect));
                return next.line();
            }
        }
    }

    /**
     * One try to connect, which nobody who gives up waiting for it ends for the others. A host that cannot be reached is not tried
     * again for as long as it took to find that out, or {@link #REST}: who asks a silent one several things waits once.
     */
    private static final class Attempt {
        private final CompletableFuture<SshLine> made = new CompletableFuture<>();
        private final long began = System.nanoTime();
        private volatile long holdsUntil = began;

        void make(Supplier<ClientSession> connecting) {
            try {
                made.complete(new SshLine(connecting.get()));
            } catch (RuntimeException | Error e) {
                if (e instanceof Problem problem && problem.type() == ProblemType.UNREACHABLE) {
                    var now = System.nanoTime();
                    holdsUntil = now + Math.min(now - began, REST.toNanos());
                }
                made.completeExceptionally(e);
            }
        }

        boolean holds() {
            if (!made.isDone()) {
                return true;
            }
            return made.isCompletedExceptionally()
                    ? holdsUntil - System.nanoTime() > 0
                    : made.join().isOpen();
        }

        SshLine line() {
            try {
                return made.get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Problem problem ? problem : new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                throw Problem.stopping(e);
            }
        }
    }

    private ClientSession connect() {
        var hostKey = new HostKey(SshKeys.host(login));
        var own = ownKey.get();
        ClientSession session = null;
        try {
            session = client.get()
                    .connect(
                            login.user(),
                            login.address(),
                            login.port(),
                            AttributeRepository.ofKeyValuePair(HOST_KEY, hostKey),
                            null)
                    .verify(CONNECT)
                    .getSession();
            session.addPublicKeyIdentity(own);
            session.auth().verify(LOGIN);
            return session;
        } catch (IOException | RuntimeException e) {
            if (session != null) {
                session.close(true);
            }
            if (hostKey.shown != null) {
                throw SshKeys.wrong(login, hostKey.expected, hostKey.shown);
            }
            throw isRefusal(e) ? SshKeys.refused(login, own, e) : lost(e);
        }
    }

    private static boolean isRefusal(Throwable e) {
        for (var cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SshException told
                    && told.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE) {
                return true;
            }
        }
        return false;
    }
}
