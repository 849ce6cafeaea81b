package io.pgbosun.adapter;

import io.pgbosun.host.Patroni;
import io.pgbosun.host.PatroniApi;
import io.pgbosun.host.PatroniCluster;
import io.pgbosun.host.PatroniMember;
import io.pgbosun.problem.Problem;
import io.pgbosun.secret.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A real cluster of Patroni on the loopback interface: one etcd, and nodes of Patroni and PostgreSQL. */
public final class RealPatroni implements AutoCloseable {
    /** Its name, Patroni's scope. */
    public static final String SCOPE = "orders";

    /** Who may order something of the REST API. */
    public static final String USER = "patroni";

    public static final Secret REST_PASSWORD = Secret.of("s3cret: rest 'a\"pi");

    /** Of PostgreSQL's user {@code postgres}. */
    public static final Secret PASSWORD = Secret.of("s3cret p'a\"ss:w\\ord");

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration BY_ITSELF = Duration.ofSeconds(20);

    /**
     * How it is made.
     *
     * @param ttl seconds after which a leader that is silent is none
     * @param loopWait seconds between two looks
     * @param retryTimeout seconds for which the DCS and PostgreSQL are asked again; loopWait + 2 * retryTimeout is at most ttl
     * @param durable with {@code fsync}, which tests do without
     */
    public record Shape(int nodes, int ttl, int loopWait, int retryTimeout, boolean https, boolean durable) {
        /** With so many nodes, as quick as can be. */
        public static Shape quick(int nodes) {
            return new Shape(nodes, 5, 1, 2, false, false);
        }

        /** With a certificate that {@link RealPatroni#api()} knows who has signed. */
        public Shape withHttps() {
            return new Shape(nodes, ttl, loopWait, retryTimeout, true, durable);
        }

        /** With commits that survive the machine, as elsewhere than in tests. */
        public Shape withFsync() {
            return new Shape(nodes, ttl, loopWait, retryTimeout, https, true);
        }
    }

    public final Path folder;
    public final Shape shape;
    private final int etcdPort = new LocalPgPrograms().freePort();
    private final Thread hook = new Thread(this::end);
    private final List<RealPatroniNode> nodes;
    private final RestPatronis patronis = new RestPatronis();
    private Process etcd;

    private RealPatroni(Path folder, Shape shape) {
        this.folder = folder.toAbsolutePath();
        this.shape = shape;
        nodes = IntStream.rangeClosed(1, shape.nodes())
                .mapToObj(number -> new RealPatroniNode(this, "n" + number))
                .toList();
    }

    /** Starts one in a folder that need not be there, and waits until a node leads and all others follow. */
    public static RealPatroni start(Path folder, Shape shape) {
        var patroni = new RealPatroni(folder, shape);
        Runtime.getRuntime().addShutdownHook(patroni.hook);
        try {
            patroni.startEtcd();
            if (shape.https()) {
                RealCertificate.sign(patroni.folder);
            }
            patroni.nodes.forEach(RealPatroniNode::start);
            patroni.awaitHealthy();
            return patroni;
        } catch (RuntimeException | Error e) {
            patroni.close();
            throw e;
        }
    }

    static String program(String variable, String packaged) {
        return Stream.of(System.getenv(variable), packaged)
                .filter(Objects::nonNull)
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(packaged + " is not installed"));
    }

    private void startEtcd() {
        var client = "http://127.0.0.1:" + etcdPort;
        var peer = "http://127.0.0.1:" + new LocalPgPrograms().freePort();
        var data = folder.resolve("etcd").toString();
        try {
            Files.createDirectories(folder);
            etcd = new ProcessBuilder(
                            program("PGBOSUN_ETCD", "/usr/bin/etcd"),
                            "--name=e1",
                            "--data-dir=" + data,
                            "--listen-client-urls=" + client,
                            "--advertise-client-urls=" + client,
                            "--listen-peer-urls=" + peer,
                            "--initial-advertise-peer-urls=" + peer,
                            "--initial-cluster=e1=" + peer,
                            "--logger=zap")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("etcd.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Soon.until(LIMIT, "etcd answers", () -> Listening.at(etcdPort));
    }

    int etcdPort() {
        return etcdPort;
    }

    /** Nobody can reach the DCS until it is resumed. */
    public void pauseEtcd() {
        RealPatroniNode.signal("STOP", etcd.toHandle());
    }

    public void resumeEtcd() {
        RealPatroniNode.signal("CONT", etcd.toHandle());
    }

    public List<RealPatroniNode> nodes() {
        return nodes;
    }

    public RealPatroniNode node(String name) {
        return nodes.stream().filter(node -> node.name.equals(name)).findFirst().orElseThrow();
    }

    /** Where all nodes are asked, the first one first. */
    public PatroniApi api() {
        return api(nodes.stream().map(RealPatroniNode::url).toList(), REST_PASSWORD);
    }

    PatroniApi api(List<URI> urls, Secret password) {
        return new PatroniApi(urls, USER, password, shape.https() ? RealCertificate.authority(folder) : null);
    }

    /** Its REST API, by the adapter. */
    public Patroni rest() {
        return patronis.at(api());
    }

    public PatroniMember member(String name) {
        return rest().cluster().members().stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The node that leads, as the DCS says. */
    public RealPatroniNode leader() {
        return node(rest().cluster().leader().orElseThrow().name());
    }

    /** A node that does not lead. */
    public RealPatroniNode replica() {
        return replicaOf(leader());
    }

    public RealPatroniNode replicaOf(RealPatroniNode leader) {
        return nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
    }

    /** Waits until a node leads, every other one follows it on its timeline, and the Patroni of each one answers. */
    public void awaitHealthy() {
        await("a leader and replicas that follow", this::isHealthy);
    }

    /** Waits for that; a replica that does not get there by itself, as after some failovers, is made anew, as an operator would. */
    public void heal() {
        var soon = System.nanoTime() + BY_ITSELF.toNanos();
        var anew = new HashSet<String>();
        await("a leader and replicas that follow or are made anew", cluster -> {
            if (System.nanoTime() > soon) {
                cluster.members().stream()
                        .filter(member -> !follows(cluster, member) && !anew.contains(member.name()))
                        .filter(this::isMadeAnew)
                        .forEach(member -> anew.add(member.name()));
            }
            return isHealthy(cluster);
        });
    }

    private boolean isMadeAnew(PatroniMember member) {
        try {
            rest().reinitialize(member);
            return true;
        } catch (Problem busyWithSomethingElse) {
            return false;
        }
    }

    private boolean isHealthy(PatroniCluster cluster) {
        return nodes.stream().allMatch(node -> Listening.at(node.restPort))
                && cluster.members().size() == nodes.size()
                && cluster.members().stream().allMatch(member -> follows(cluster, member));
    }

    /** The leader too. */
    private static boolean follows(PatroniCluster cluster, PatroniMember member) {
        var timeline = cluster.leader().map(PatroniMember::timeline);
        return timeline.isPresent() && member.runs() && timeline.get().equals(member.timeline());
    }

    /** Waits until another node than this one leads and takes writes, and says which. */
    public RealPatroniNode awaitLeaderOtherThan(RealPatroniNode old) {
        await(
                "a leader other than " + old.name,
                cluster -> cluster.leader()
                        .filter(leader -> !leader.name().equals(old.name))
                        .filter(PatroniMember::runs)
                        .isPresent());
        return leader();
    }

    /** Waits until what {@code GET /cluster} tells is so. */
    public void await(String what, Predicate<PatroniCluster> so) {
        try {
            Soon.until(LIMIT, what + " in " + folder, () -> look().filter(so).isPresent());
        } catch (AssertionError e) {
            nodes.forEach(node -> System.err.println("--- " + node.name + "\n" + node.end()));
            throw e;
        }
    }

    private Optional<PatroniCluster> look() {
        try {
            return Optional.of(rest().cluster());
        } catch (Problem nobodyAnswers) {
            return Optional.empty();
        }
    }

    /** Ends everything, whatever state it is in; the folder stays. */
    @Override
    public void close() {
        end();
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    private void end() {
        nodes.forEach(RealPatroniNode::killAll);
        if (etcd != null) {
            etcd.destroyForcibly().onExit().join();
        }
    }
}
