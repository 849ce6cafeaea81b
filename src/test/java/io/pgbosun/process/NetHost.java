package io.pgbosun.process;

import io.pgbosun.adapter.Inhabitants;
import io.pgbosun.adapter.RealSshd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A host with a network namespace of its own and an sshd in it; a bridge joins it with the others and with us, who are in another one. */
final class NetHost implements AutoCloseable {
    static final String NETWORK = "10.77.0.0/24";
    private static final String US = "10.77.0.1";
    private static final int FIRST = 10;

    final RealSshd sshd;
    private final int number;
    private final Path folder;
    private final Process anchor;

    /** Before the first host. */
    static void makeBridge() {
        run("ip", "link", "set", "lo", "up");
        run("ip", "link", "add", "br0", "type", "bridge");
        run("ip", "addr", "add", US + "/24", "dev", "br0");
        run("ip", "link", "set", "br0", "up");
    }

    NetHost(int number, Path folder) {
        this.number = number;
        this.folder = folder;
        anchor = start("unshare", "--net", "sleep", "infinity");
        Eventually.until(
                "it is in a namespace of its own",
                Duration.ofSeconds(10),
                () -> !namespace(anchor.pid())
                        .equals(namespace(ProcessHandle.current().pid())));
        run("ip", "link", "add", link(), "type", "veth", "peer", "name", "eth0", "netns", String.valueOf(anchor.pid()));
        run("ip", "link", "set", link(), "master", "br0", "up");
        within("ip", "link", "set", "lo", "up");
        within("ip", "addr", "add", address() + "/24", "dev", "eth0");
        within("ip", "link", "set", "eth0", "up");
        sshd = RealSshd.within(enter(), folder, address());
    }

    String address() {
        return "10.77.0." + (FIRST + number);
    }

    private String link() {
        return "host" + number;
    }

    /** Nobody reaches it any more, and it reaches nobody; all that runs there goes on. */
    void unplug() {
        run("ip", "link", "set", link(), "down");
    }

    void plug() {
        run("ip", "link", "set", link(), "up");
    }

    /** It answers us no more, and the others still. */
    void ignoreUs() {
        within("ip", "route", "add", "blackhole", US);
    }

    void heedUs() {
        within("ip", "route", "del", "blackhole", US);
    }

    private List<String> enter() {
        return List.of("nsenter", "--net=/proc/" + anchor.pid() + "/ns/net");
    }

    private void within(String... command) {
        var entering = new ArrayList<>(enter());
        entering.addAll(List.of(command));
        run(entering.toArray(String[]::new));
    }

    private static Path namespace(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", String.valueOf(pid), "ns", "net"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Process start(String... command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(String... command) {
        var process = start(command);
        try {
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        sshd.close();
        Inhabitants.kill(folder);
        anchor.destroyForcibly();
    }
}
