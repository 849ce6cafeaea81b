package io.pgbosun.adapter;

import io.pgbosun.host.SshLogin;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real sshd of the test's own user, on a free port of a loopback address. The user's home there is below the given folder. It has
 * host keys of two kinds.
 */
public final class RealSshd implements AutoCloseable {
    private static final String PROGRAM = "/usr/sbin/sshd";
    private static final int PORT = 2222;

    private final Path folder;
    private final String address;
    private final int port;
    /** What it is started by. */
    private final List<String> launcher;

    private Process process;

    private RealSshd(List<String> launcher, Path folder, String address, int port) {
        this.launcher = launcher;
        this.folder = folder;
        this.address = address;
        this.port = port;
    }

    public static RealSshd at(Path folder) {
        return at(folder, "127.0.0.1", null);
    }

    /**
     * One that listens already.
     *
     * @param folder is made; the keys are in it, and the home of the user
     * @param forcedCommand the only command that the client's key may run; null for any
     */
    public static RealSshd at(Path folder, String address, String forcedCommand) {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            var sshd = new RealSshd(List.of(), folder.toAbsolutePath(), address, socket.getLocalPort());
            sshd.prepare(forcedCommand);
            socket.close();
            sshd.start();
            return sshd;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * One that listens on a host of its own, at a port that is known to be free there.
     *
     * @param launcher what it is started by, which enters that host
     */
    public static RealSshd within(List<String> launcher, Path folder, String address) {
        try {
            var sshd = new RealSshd(launcher, folder.toAbsolutePath(), address, PORT);
            sshd.prepare(null);
            sshd.start();
            return sshd;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void prepare(String forcedCommand) throws IOException {
        Files.createDirectories(home());
        makeKey(folder.resolve("host_key"));
        makeKey("ecdsa", folder.resolve("other_host_key"));
        makeKey(clientKey());
        var options = forcedCommand == null ? "" : "restrict,command=\"" + forcedCommand + "\" ";
        Files.writeString(folder.resolve("authorized_keys"), options + Files.readString(folder.resolve("client.pub")));
        Files.writeString(folder.resolve("sshd_config"), """
                ListenAddress %s
                Port %d
                HostKey %s/host_key
                HostKey %s/other_host_key
                AuthorizedKeysFile %s/authorized_keys
                PidFile none
                StrictModes no
                UsePAM no
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                SetEnv HOME=%s
                Subsystem sftp /usr/lib/openssh/sftp-server
                """.formatted(address, port, folder, folder, folder, home()));
    }

    public static void makeKey(Path file) {
        makeKey("ed25519", file);
    }

    private static void makeKey(String type, Path file) {
        var command = List.of("ssh-keygen", "-q", "-t", type, "-N", "", "-C", "test", "-f", file.toString());
        try {
            var keygen = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = new String(keygen.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (keygen.waitFor() != 0) {
                throw new AssertionError("ssh-keygen: " + said);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public int port() {
        return port;
    }

    public Path home() {
        return folder.resolve("home");
    }

    /** The private key that may log in. */
    public Path clientKey() {
        return folder.resolve("client");
    }

    /** Lets in who may log in at another one, too. */
    public void authorize(RealSshd other) {
        try {
            Files.writeString(
                    folder.resolve("authorized_keys"),
                    Files.readString(other.folder.resolve("client.pub")),
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** As {@code ssh-keyscan} shows it. */
    public String hostKey() {
        try {
            return Files.readString(folder.resolve("host_key.pub")).strip();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What {@code POST /v1/hosts} is told of it, in single quotes. */
    public String asHost(String name, Path dataRoot, String network) {
        var key = hostKey().split(" ");
        return "{'name':'%s','driver':'SSH','address':'%s','sshPort':%d,'sshUser':'%s','hostKey':'%s %s','dataRoot':'%s','networks':['%s']}"
                .formatted(name, address, port, System.getProperty("user.name"), key[0], key[1], dataRoot, network);
    }

    public SshLogin login() {
        return new SshLogin(address, port, System.getProperty("user.name"), hostKey(), null);
    }

    /** Starts it again where it was. */
    public void start() {
        try {
            var command = new ArrayList<>(launcher);
            command.addAll(List.of(PROGRAM, "-D", "-e", "-f", config()));
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new AssertionError("sshd cannot be run; install openssh-server", e);
        }
        Soon.until("sshd listens", this::listens);
    }

    private String config() {
        return folder.resolve("sshd_config").toString();
    }

    private File log() {
        return folder.resolve("sshd.log").toFile();
    }

    private boolean listens() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Takes no new connections; those that are there go on. */
    public void stop() {
        process.destroy();
        process.onExit().join();
    }

    /** As the death of the host's sshd: the connections break. What was started by them lives on. */
    public void kill() {
        var sessions = sessions();
        process.destroyForcibly().onExit().join();
        sessions.forEach(ProcessHandle::destroyForcibly);
        sessions.forEach(session -> session.onExit().join());
    }

    /** Breaks the connections; new ones can be made. */
    public void cut() {
        var sessions = sessions();
        sessions.forEach(ProcessHandle::destroyForcibly);
        sessions.forEach(session -> session.onExit().join());
    }

    /** Neither answers nor breaks, as a host that has died; until it goes on. */
    public void freeze(boolean frozen) {
        Stream.concat(Stream.of(process.toHandle()), sessions().stream())
                .forEach(handle -> signal(handle, frozen ? "-STOP" : "-CONT"));
    }

    /** One that has just ended needs none. */
    private static void signal(ProcessHandle handle, String signal) {
        try {
            new ProcessBuilder("kill", signal, String.valueOf(handle.pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private List<ProcessHandle> sessions() {
        return process.descendants().filter(RealSshd::isSshd).toList();
    }

    private static boolean isSshd(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "comm"))
                    .startsWith("sshd");
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public void close() {
        freeze(false);
        kill();
    }
}
