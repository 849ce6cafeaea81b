package io.pgbosun.replication;

import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Server;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Wait;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;

/** Makes a standby the primary, and has others follow it. */
@Singleton
public class Followers {
    private static final Duration STREAMING_WITHIN = Duration.ofMinutes(2);
    private static final Duration STREAMS_SOON = Duration.ofSeconds(30);
    private static final String ARCHIVE_COMMAND = "archive_command";

    private final PgHosts hosts;

    Followers(PgHosts hosts) {
        this.hosts = hosts;
    }

    /** How standbys log in at what the given standby follows, read once. */
    public Endpoint login(Steps steps, InstanceRecord standby) {
        return steps.get(
                "read how standbys log in",
                Endpoint.class,
                () -> hosts.of(standby).upstream(standby.directory()));
    }

    /** The same login at another primary. */
    public static Endpoint at(InstanceRecord primary, Endpoint login) {
        return new Endpoint(primary.address(), primary.port(), login.username(), login.password(), login.sslMode());
    }

    /** Before anybody follows, so that nobody waits for WAL that is gone. */
    public void reserveSlot(Steps steps, InstanceRecord follower, InstanceRecord primary, Server there) {
        var directory = primary.directory();
        steps.ensure(
                "reserve a slot for " + follower.name() + " at " + primary.name(),
                () -> there.slotExists(follower.slot()),
                () -> there.createSlot(follower.slot()),
                () -> {
                    hosts.of(primary).start(directory); // it may be down, when its promotion failed
                    there.dropSlot(follower.slot());
                });
    }

    /** The point of no return: when it fails, all that was done before is taken back. */
    public void promote(Steps steps, InstanceRecord candidate, Server there) {
        steps.pointOfNoReturn(
                "promote " + candidate.name(),
                () -> !there.facts().inRecovery(),
                there::promote,
                () -> isPromoted(candidate));
    }

    /** An order to promote is forgotten by a standby that is stopped, so that it cannot come true later. */
    private boolean isPromoted(InstanceRecord candidate) {
        var directory = candidate.directory();
        hosts.of(candidate).stop(directory);
        var promoted = !hosts.of(candidate).stoppedInRecovery(directory);
        if (promoted) {
            hosts.of(candidate).start(directory);
        }
        return promoted;
    }

    /** A checkpoint: before it, the control file speaks of the old timeline. Answers the new one. */
    public int checkpoint(Steps steps, InstanceRecord primary, Server there) {
        return steps.act("write a checkpoint on " + primary.name(), Integer.class, 1, () -> {
            there.checkpoint();
            return there.facts().timeline();
        });
    }

    /** Writes it down; in force after a reload or a start. */
    public void haveFollow(Steps steps, InstanceRecord follower, InstanceRecord primary, Endpoint login) {
        var directory = follower.directory();
        steps.act(
                "have " + follower.name() + " follow " + primary.name(),
                () -> hosts.of(follower)
                        .followPrimary(directory, at(primary, login), follower.slot(), follower.name()));
    }

    public void reload(Steps steps, InstanceRecord follower, Server server) {
        steps.act("reload " + follower.name(), server::reload);
    }

    public void start(Steps steps, InstanceRecord follower) {
        var directory = follower.directory();
        steps.ensure(
                "start " + follower.name(),
                () -> hosts.of(follower).ready(directory),
                () -> hosts.of(follower).start(directory));
    }

    public void awaitStreaming(Steps steps, InstanceRecord follower, Server primary) {
        steps.await(follower.name() + " streams", STREAMING_WITHIN, () -> primary.streamsTo(follower.name()));
    }

    /** Gives it a while; one that does not stream, such as one that had received more, keeps nobody waiting, and is told of. */
    public void streams(Steps steps, InstanceRecord follower, Server primary) {
        var streams = steps.act(
                "look whether " + follower.name() + " streams",
                Boolean.class,
                true,
                () -> streamsSoon(follower, primary));
        if (!streams) {
            steps.warn("%s does not stream from the new primary; its log says why. Make it a standby again with rejoin."
                    .formatted(follower.name()));
        }
    }

    private static boolean streamsSoon(InstanceRecord follower, Server primary) {
        try {
            Wait.until(follower.name() + " streams", STREAMS_SOON, () -> primary.streamsTo(follower.name()));
            return true;
        } catch (Problem problem) {
            if (problem.type() == ProblemType.TOO_SLOW) {
                return false;
            }
            throw problem;
        }
    }

    /** Those among some that follow an instance, as their own files say; what no standby is follows nobody. */
    public List<InstanceRecord> of(InstanceRecord upstream, List<InstanceRecord> some) {
        return some.stream().filter(instance -> follows(instance, upstream)).toList();
    }

    private boolean follows(InstanceRecord instance, InstanceRecord upstream) {
        var directory = instance.directory();
        if (!hosts.of(instance).initialized(directory) || !hosts.of(instance).comesUpAsStandby(directory)) {
            return false;
        }
        var followed = hosts.of(instance).upstream(directory);
        return followed.port() == upstream.port() && followed.address().equals(upstream.address());
    }

    /** A copy has the {@code archive_command} of what it was copied from, whose script may go with its data directory. */
    public void archiveByItself(Steps steps, InstanceRecord copy, List<InstanceRecord> others, Server there) {
        var directory = copy.directory();
        steps.act("have " + copy.name() + " archive by a script of its own", () -> {
            var command = there.setting(ARCHIVE_COMMAND).altered();
            others.stream()
                    .map(other ->
                            hosts.of(other).archiveScript(other.directory()).toString())
                    .filter(script -> command != null && command.contains(script))
                    .findFirst()
                    .ifPresent(script -> {
                        hosts.of(copy).writeArchiveScript(directory);
                        var own = hosts.of(copy).archiveScript(directory).toString();
                        there.alterSystem(ARCHIVE_COMMAND, command.replace(script, own));
                        there.reload();
                    });
        });
    }

    /** A slot that nobody streams by keeps WAL for ever. */
    public void dropSlots(Steps steps, List<InstanceRecord> followers, InstanceRecord standby, Server there) {
        for (var follower : followers) {
            steps.ensure(
                    "drop the slot of " + follower.name() + " at " + standby.name(),
                    () -> !there.slotExists(follower.slot()),
                    () -> there.dropSlot(follower.slot()));
        }
    }
}
