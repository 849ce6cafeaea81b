package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.PatroniMembers;
import io.pgbosun.failover.Switchover.SwitchoverResult;
import io.pgbosun.failover.SwitchoverChecks.Chosen;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.PatroniMember;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.host.TimelineSwitch;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.Steps;
import io.pgbosun.pooler.ClusterPoolers;
import io.pgbosun.replication.Followers;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.stream.Stream;

/** A switchover that Patroni carries out: pgbosun chooses, leads the poolers and makes sure who won. */
@Singleton
class PatroniSwitchover {
    private static final TimelineSwitch NOWHERE = new TimelineSwitch(0, new Lsn(0));

    private final PatroniLeaders leaders;
    private final SwitchoverChecks checked;
    private final Followers followers;
    private final PrimaryChangeStore changes;
    private final PrimarySightings primaries;
    private final ClusterPoolers poolers;
    private final Servers servers;
    private final Clock clock;

    PatroniSwitchover(
            PatroniLeaders leaders,
            SwitchoverChecks checked,
            Followers followers,
            PrimaryChangeStore changes,
            PrimarySightings primaries,
            ClusterPoolers poolers,
            Servers servers,
            Clock clock) {
        this.leaders = leaders;
        this.checked = checked;
        this.followers = followers;
        this.changes = changes;
        this.primaries = primaries;
        this.poolers = poolers;
        this.servers = servers;
        this.clock = clock;
    }

    void check(ClusterRecord cluster, Switchover spec, Checks checks) {
        var leader = leaders.leader(cluster);
        checks.need(
                "Patroni's leader takes writes",
                leader.isPresent(),
                leader.map(instance -> instance.name()).orElse("nobody leads"),
                "a leader",
                "Wait until Patroni has chosen one, or use failover.");
        checked.check(cluster, preferring(cluster, spec), checks);
    }

    /** Where Patroni replicates synchronously, it takes a synchronous standby alone. */
    private Switchover preferring(ClusterRecord cluster, Switchover spec) {
        if (spec.candidate() != null) {
            return spec;
        }
        return leaders.look(cluster).members().stream()
                .filter(PatroniMember::commitsWaitForIt)
                .flatMap(member -> PatroniMembers.instance(cluster, member).stream())
                .findFirst()
                .map(instance -> new Switchover(instance.name(), spec.maxLagBytes()))
                .orElse(spec);
    }

    SwitchoverResult run(ClusterRecord cluster, Switchover spec, Steps steps) {
        var name = cluster.cluster().name();
        var chosen = steps.get(
                "choose the candidate", Chosen.class, () -> checked.choose(cluster, preferring(cluster, spec)));
        var primary = servers.at(cluster.endpoint(chosen.primary()));
        var candidate = servers.at(cluster.endpoint(chosen.candidate()));
        steps.act("write a checkpoint on " + chosen.primary().name(), primary::checkpoint);
        steps.await(
                chosen.candidate().name() + " has caught up",
                SwitchoverHandler.CAUGHT_UP_WITHIN,
                () -> primary.facts().writeLsn().bytesSince(candidate.facts().replayLsn()) <= spec.maxLagBytes());
        poolers.pause(steps, name, chosen.poolers());
        var stopped = steps.get("note the time", Instant.class, clock::instant);
        steps.pointOfNoReturn(
                "have Patroni switch over to " + chosen.candidate().name(),
                () -> leaders.leads(cluster, chosen.candidate()),
                () -> leaders.switchOver(cluster, chosen.primary(), chosen.candidate()),
                () -> leaders.settle(cluster, chosen.candidate()));
        var took = steps.get("note when it took writes", Instant.class, clock::instant);
        poolers.lead(steps, name, chosen.poolers(), chosen.candidate().name(), cluster.endpoint(chosen.candidate()));
        var began = steps.get("read where its timeline began", TimelineSwitch.class, NOWHERE, () -> began(candidate));
        var timeline = began.timeline() + 1;
        primaries.remember(steps, name, chosen.candidate(), candidate);
        Stream.concat(chosen.others().stream(), Stream.of(chosen.primary()))
                .forEach(follower -> followers.streams(steps, follower, candidate));
        var change = SwitchoverHandler.change(name, steps, chosen, timeline, stopped, took);
        steps.ensure("record it in the history", () -> changes.has(steps.operation()), () -> changes.put(change));
        return new SwitchoverResult(
                chosen.primary().name(),
                chosen.candidate().name(),
                timeline,
                began.lsn().toString(),
                FailoverChoice.seconds(stopped, took));
    }

    private static TimelineSwitch began(Server primary) {
        var history = primary.timelineHistory();
        var facts = primary.facts();
        return history.isEmpty() ? new TimelineSwitch(facts.timeline() - 1, facts.writeLsn()) : history.getLast();
    }
}
