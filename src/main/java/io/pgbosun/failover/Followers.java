package io.pgbosun.failover;

import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Server;
import io.pgbosun.operation.Steps;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Makes a standby the primary, and has others follow it. */
@Singleton
class Followers {
    private static final Duration STREAMING_WITHIN = Duration.ofMinutes(2);

    private final PgPrograms programs;

    Followers(PgPrograms programs) {
        this.programs = programs;
    }

    /** How standbys log in at what the given standby follows, read once. */
    Endpoint login(Steps steps, InstanceRecord standby) {
        return steps.get(
                "read how standbys log in", Endpoint.class, () -> programs.upstream(Path.of(standby.dataDirectory())));
    }

    /** The same login at another primary. */
    static Endpoint at(InstanceRecord primary, Endpoint login) {
        return new Endpoint(primary.address(), primary.port(), login.username(), login.password(), login.sslMode());
    }

    /** Before anybody follows, so that nobody waits for WAL that is gone. */
    void reserveSlot(Steps steps, InstanceRecord follower, InstanceRecord primary, Server there) {
        var directory = Path.of(primary.dataDirectory());
        steps.ensure(
                "reserve a slot for " + follower.name() + " at " + primary.name(),
                () -> there.slotExists(follower.slot()),
                () -> there.createSlot(follower.slot()),
                () -> {
                    programs.start(directory); // it may be down, when its promotion failed
                    there.dropSlot(follower.slot());
                });
    }

    /** The point of no return: when it fails, all that was done before is taken back. */
    void promote(Steps steps, InstanceRecord candidate, Server there) {
        steps.pointOfNoReturn(
                "promote " + candidate.name(),
                () -> !there.facts().inRecovery(),
                there::promote,
                () -> isPromoted(candidate));
    }

    /** An order to promote is forgotten by a standby that is stopped, so that it cannot come true later. */
    private boolean isPromoted(InstanceRecord candidate) {
        var directory = Path.of(candidate.dataDirectory());
        programs.stop(directory);
        var promoted = !programs.stoppedInRecovery(directory);
        if (promoted) {
            programs.start(directory);
        }
        return promoted;
    }

    /** A checkpoint: before it, the control file speaks of the old timeline. Answers the new one. */
    int checkpoint(Steps steps, InstanceRecord primary, Server there) {
        return steps.act("write a checkpoint on " + primary.name(), Integer.class, 1, () -> {
            there.checkpoint();
            return there.facts().timeline();
        });
    }

    /** Writes it down; in force after a reload or a start. */
    void haveFollow(Steps steps, InstanceRecord follower, InstanceRecord primary, Endpoint login) {
        var directory = Path.of(follower.dataDirectory());
        steps.act(
                "have " + follower.name() + " follow " + primary.name(),
                () -> programs.followPrimary(directory, at(primary, login), follower.slot(), follower.name()));
    }

    void reload(Steps steps, InstanceRecord follower, Server server) {
        steps.act("reload " + follower.name(), server::reload);
    }

    void start(Steps steps, InstanceRecord follower) {
        var directory = Path.of(follower.dataDirectory());
        steps.ensure("start " + follower.name(), () -> programs.ready(directory), () -> programs.start(directory));
    }

    void streams(Steps steps, InstanceRecord follower, Server primary) {
        steps.await(follower.name() + " streams", STREAMING_WITHIN, () -> primary.streamsTo(follower.name()));
    }

    /** A slot that nobody streams by keeps WAL for ever. */
    void dropSlots(Steps steps, List<InstanceRecord> followers, InstanceRecord standby, Server there) {
        for (var follower : followers) {
            steps.ensure(
                    "drop the slot of " + follower.name() + " at " + standby.name(),
                    () -> !there.slotExists(follower.slot()),
                    () -> there.dropSlot(follower.slot()));
        }
    }
}
