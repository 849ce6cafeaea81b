package io.pgbosun.pooler;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PoolerDatabase;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.LockRequest;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The poolers of a cluster, for operations that give it another primary: paused while there is none, then pointed at the new
 * one and resumed. Nothing happens for clusters without poolers.
 */
@Singleton
public class ClusterPoolers {
    /** New transactions wait for so long at most for those that run. */
    private static final Duration PAUSED_WITHIN = Duration.ofSeconds(30);

    private final PoolerStore poolers;
    private final PoolerControl control;

    ClusterPoolers(PoolerStore poolers, PoolerControl control) {
        this.poolers = poolers;
        this.control = control;
    }

    /** Their names; to be read once in an operation. */
    public List<String> names(String cluster) {
        return poolers.of(cluster).stream().map(PoolerRecord::name).toList();
    }

    /** What must be so, and what should, before the primary gives its place to another one. */
    public void check(String cluster, Endpoint primary, Checks checks) {
        for (var pooler : poolers.of(cluster)) {
            try {
                check(pooler, primary, checks);
            } catch (Problem problem) {
                checks.need(
                        "the pooler " + pooler.name() + " can be led elsewhere",
                        false,
                        problem.detail(),
                        "an admin's console, and a file that can be written",
                        "Mend it, or delete the pooler: its clients would stay at the old primary.");
            }
        }
        checks.restsOn("poolers", names(cluster));
    }

    private void check(PoolerRecord pooler, Endpoint primary, Checks checks) {
        control.requireOurs(pooler);
        var name = pooler.name();
        var running = control.console(pooler).databases();
        var paused = PoolerControl.named(pooler, running, PoolerDatabase::paused);
        checks.need(
                "the pooler " + name + " is not paused",
                paused.isEmpty(),
                paused.isEmpty() ? "runs" : "paused: " + paused,
                "no database paused",
                "Resume it first: it is resumed in the end, also where somebody has paused it.");
        var differences = PoolerControl.differences(pooler, primary, control.held(pooler), running);
        checks.want(
                "the pooler " + name + " leads to the primary",
                differences.isEmpty(),
                differences.isEmpty() ? "yes" : String.join(" ", differences),
                "its configuration as pgbosun writes it",
                "It is led to the new primary all the same; apply its configuration first to see that it can be.");
        var sessions = PoolerControl.named(pooler, running, database -> !"transaction".equals(mode(pooler, database)));
        checks.want(
                "the pooler " + name + " gives connections by transaction",
                sessions.isEmpty(),
                sessions.isEmpty() ? "yes" : "not for " + sessions,
                "pool_mode transaction",
                "It waits until clients have left, for at most " + PAUSED_WITHIN.toSeconds()
                        + " s; then nothing comes of the switchover.");
        checks.takesLock("transactions that begin at the pooler " + name + " wait until the new primary takes them");
    }

    private String mode(PoolerRecord pooler, PoolerDatabase database) {
        return database.poolMode() == null ? control.console(pooler).config().get("pool_mode") : database.poolMode();
    }

    /** Has new transactions wait, and waits for those that run; taken back, they run again. */
    public void pause(Steps steps, String cluster, List<String> names) {
        for (var name : names) {
            steps.ensure(
                    "pause the pooler " + name,
                    () -> control.isPaused(poolers.get(cluster, name)),
                    () -> control.pause(poolers.get(cluster, name), PAUSED_WITHIN),
                    () -> control.resume(poolers.get(cluster, name)));
        }
    }

    /** Ends all connections through them at once and has new clients wait; taken back, they run again. */
    public void cutOff(Steps steps, String cluster, List<String> names) {
        for (var name : names) {
            steps.ensure(
                    "cut off the clients of the pooler " + name,
                    () -> control.isPaused(poolers.get(cluster, name)),
                    () -> control.cutOff(poolers.get(cluster, name)),
                    () -> control.resume(poolers.get(cluster, name)));
        }
    }

    /**
     * Past the point of no return: leads each to the new primary and lets transactions run again. What is wrong with one keeps
     * no other one.
     */
    public void lead(Steps steps, String cluster, List<String> names, String instance, Endpoint primary) {
        each(names, name -> {
            steps.ensure(
                    "point the pooler " + name + " at " + instance,
                    () -> control.differences(poolers.get(cluster, name), primary)
                            .isEmpty(),
                    () -> control.point(poolers.get(cluster, name), primary));
            steps.ensure(
                    "resume the pooler " + name,
                    () -> control.isResumed(poolers.get(cluster, name)),
                    () -> control.resume(poolers.get(cluster, name)));
        });
    }

    /** The same, for those that do all of it in one step, which may be done again. */
    public void lead(String cluster, List<String> names, Endpoint primary) {
        each(names, name -> {
            var pooler = poolers.get(cluster, name);
            if (!control.differences(pooler, primary).isEmpty()) {
                control.point(pooler, primary);
            }
            control.resume(pooler);
        });
    }

    /**
     * What to lock for leading or steering poolers where the cluster is only shared: two at once would write the same file, and
     * the one that saw the older leader might be the last.
     */
    public static List<LockRequest> locks(Target target) {
        return List.of(new LockRequest(target.toString(), false), new LockRequest(target + "/poolers", true));
    }

    private static void each(List<String> names, Consumer<String> act) {
        Problem first = null;
        for (var name : names) {
            try {
                act.accept(name);
            } catch (Problem problem) {
                first = first == null ? problem : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
