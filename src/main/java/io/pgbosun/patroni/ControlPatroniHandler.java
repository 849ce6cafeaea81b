package io.pgbosun.patroni;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.PatroniMembers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.operation.Wait;
import io.pgbosun.patroni.ControlPatroni.Action;
import io.pgbosun.patroni.ControlPatroni.ControlPatroniResult;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

@Singleton
class ControlPatroniHandler implements OperationHandler<ControlPatroni, ControlPatroniResult> {
    private static final String PAUSE = "pause";
    /** Each member remembers the configuration until it looks again, after {@code loop_wait}. */
    static final Duration TAKEN_IN_WITHIN = Duration.ofMinutes(2);

    private final ClusterStore clusters;
    private final PatroniMembers members;

    ControlPatroniHandler(ClusterStore clusters, PatroniMembers members) {
        this.clusters = clusters;
        this.members = members;
    }

    @Override
    public void check(Target target, ControlPatroni spec, Checks checks) {
        var cluster = clusters.get(target.id());
        PatroniMembers.require(cluster, checks);
        if (cluster.isPatroni() && spec.action() == Action.RESUME) {
            checks.want(
                    "somebody leads",
                    members.of(cluster).cluster().leader().isPresent(),
                    "nobody holds the leader key",
                    "a leader",
                    "Patroni chooses one as soon as it is resumed.");
        }
    }

    @Override
    public ControlPatroniResult run(Target target, ControlPatroni spec, Steps steps) {
        var cluster = clusters.get(target.id());
        var paused = spec.action() == Action.PAUSE;
        steps.ensure(
                paused ? "pause Patroni" : "resume Patroni",
                () -> isPaused(cluster) == paused,
                () -> pause(cluster, paused),
                () -> pause(cluster, !paused));
        return new ControlPatroniResult(paused);
    }

    private boolean isPaused(ClusterRecord cluster) {
        return Boolean.TRUE.equals(members.of(cluster).config().get(PAUSE));
    }

    private void pause(ClusterRecord cluster, boolean paused) {
        Map<String, Object> change = new HashMap<>();
        change.put(PAUSE, paused ? true : null); // what is absent is false
        members.of(cluster).patchConfig(change);
        Wait.until("Patroni has taken it in", TAKEN_IN_WITHIN, () -> isPaused(cluster) == paused);
    }
}
