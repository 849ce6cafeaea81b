package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.failover.Failover.FailoverResult;
import io.pgbosun.failover.FailoverChoice.Chosen;
import io.pgbosun.failover.FailoverChoice.Seen;
import io.pgbosun.failover.FormerLeaders.ShutOut;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Steps;
import io.pgbosun.pooler.ClusterPoolers;
import io.pgbosun.replication.Followers;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** A failover that Patroni carries out when told to, for when it does not do so by itself. */
@Singleton
class PatroniFailover {
    private final PatroniLeaders leaders;
    private final FormerLeaders former;
    private final FailoverChoice choice;
    private final Followers followers;
    private final PrimaryChangeStore changes;
    private final PrimarySightings primaries;
    private final ClusterPoolers poolers;
    private final Servers servers;
    private final Clock clock;

    PatroniFailover(
            PatroniLeaders leaders,
            FormerLeaders former,
            FailoverChoice choice,
            Followers followers,
            PrimaryChangeStore changes,
            PrimarySightings primaries,
            ClusterPoolers poolers,
            Servers servers,
            Clock clock) {
        this.leaders = leaders;
        this.former = former;
        this.choice = choice;
        this.followers = followers;
        this.changes = changes;
        this.primaries = primaries;
        this.poolers = poolers;
        this.servers = servers;
        this.clock = clock;
    }

    FailoverResult run(ClusterRecord cluster, Failover spec, Steps steps) {
        var name = cluster.cluster().name();
        var seen = steps.get("look at the primary from everywhere", Seen.class, () -> choice.look(cluster, spec));
        var chosen = steps.get("rank the standbys", Chosen.class, () -> choice.choose(cluster, seen, spec));
        var to = chosen.to();
        var old = seen.primary();
        var primary = servers.at(cluster.endpoint(to));
        steps.pointOfNoReturn(
                "have Patroni fail over to " + to.name(),
                () -> leaders.leads(cluster, to),
                () -> leaders.failOver(cluster, to),
                () -> leaders.settle(cluster, to));
        poolers.lead(steps, name, seen.poolers(), to.name(), cluster.endpoint(to));
        var shutOut = steps.act(
                "shut clients out of " + old.name(),
                ShutOut.class,
                ShutOut.NOTHING,
                () -> former.shutOut(cluster, to, old));
        steps.act(
                "prove that " + to.name() + " takes writes",
                () -> primary.createRestorePoint("failover " + steps.operation()));
        var took = steps.get("note when it took writes", Instant.class, clock::instant);
        chosen.others().forEach(follower -> followers.streams(steps, follower, primary));
        var timeline = followers.checkpoint(steps, to, primary);
        primaries.remember(steps, name, to, primary);
        var done = steps.get("note the end", Instant.class, clock::instant);
        var change =
                FailoverChoice.change(name, steps, seen, chosen, timeline, List.of(seen.at(), seen.at(), took, done));
        steps.ensure("record it in the history", () -> changes.has(steps.operation()), () -> changes.put(change));
        if (shutOut.lostBytes() != null) {
            steps.act("record what was lost", () -> changes.lost(name, old.name(), shutOut.lostBytes(), null));
        }
        return new FailoverResult(
                old.name(), to.name(), timeline, chosen.loss().lossBytes(), FailoverChoice.seconds(seen.at(), took));
    }
}
