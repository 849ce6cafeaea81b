package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.failover.Failover.FailoverResult;
import io.pgbosun.failover.FailoverChoice.Chosen;
import io.pgbosun.failover.FailoverChoice.Seen;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.pooler.ClusterPoolers;
import io.pgbosun.replication.Followers;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

@Singleton
class FailoverHandler implements OperationHandler<Failover, FailoverResult> {
    private final ClusterStore clusters;
    private final FailoverChecks checked;
    private final FailoverChoice choice;
    private final PatroniFailover patroni;
    private final Followers followers;
    private final PrimaryChangeStore changes;
    private final PrimarySightings primaries;
    private final ClusterPoolers poolers;
    private final PgPrograms programs;
    private final Servers servers;
    private final Clock clock;

    FailoverHandler(
            ClusterStore clusters,
            FailoverChecks checked,
            FailoverChoice choice,
            PatroniFailover patroni,
            Followers followers,
            PrimaryChangeStore changes,
            PrimarySightings primaries,
            ClusterPoolers poolers,
            PgPrograms programs,
            Servers servers,
            Clock clock) {
        this.clusters = clusters;
        this.checked = checked;
        this.choice = choice;
        this.patroni = patroni;
        this.followers = followers;
        this.changes = changes;
        this.primaries = primaries;
        this.poolers = poolers;
        this.programs = programs;
        this.servers = servers;
        this.clock = clock;
    }

    @Override
    public void check(Target target, Failover spec, Checks checks) {
        checked.check(clusters.get(target.id()), spec, checks);
    }

    @Override
    public FailoverResult run(Target target, Failover spec, Steps steps) {
        var cluster = clusters.get(target.id());
        if (cluster.isPatroni()) {
            return patroni.run(cluster, spec, steps);
        }
        var seen = steps.get("look at the primary from everywhere", Seen.class, () -> choice.look(cluster, spec));
        stop(steps, seen);
        var chosen = steps.get("rank the standbys", Chosen.class, () -> choice.choose(cluster, seen, spec));
        var to = chosen.to();
        var primary = servers.at(cluster.endpoint(to));
        var login = followers.login(steps, to);
        keepFromWriting(steps, seen, to, login);
        for (var follower : all(chosen, seen)) {
            followers.reserveSlot(steps, follower, to, primary);
        }
        var fenced = steps.get("note when the old primary was fenced", Instant.class, clock::instant);
        followers.promote(steps, to, primary);
        poolers.lead(steps, target.id(), seen.poolers(), to.name(), cluster.endpoint(to));
        steps.act(
                "prove that " + to.name() + " takes writes",
                () -> primary.createRestorePoint("failover " + steps.operation()));
        var took = steps.get("note when it took writes", Instant.class, clock::instant);
        follow(steps, cluster, chosen, login, primary);
        var timeline = followers.checkpoint(steps, to, primary);
        steps.act("remember where " + to.name() + " is", () -> primaries.saw(target.id(), to.name(), primary.facts()));
        var done = steps.get("note the end", Instant.class, clock::instant);
        var change = FailoverChoice.change(
                target.id(), steps, seen, chosen, timeline, List.of(seen.at(), fenced, took, done));
        steps.ensure("record it in the history", () -> changes.has(steps.operation()), () -> changes.put(change));
        steps.warn("%s is kept from taking writes; make it a standby again with rejoin."
                .formatted(seen.primary().name()));
        return new FailoverResult(
                seen.primary().name(),
                to.name(),
                timeline,
                chosen.loss().lossBytes(),
                FailoverChoice.seconds(seen.at(), took));
    }

    /** From here on it writes nothing; what ran before runs again when nothing comes of it. */
    private void stop(Steps steps, Seen seen) {
        var directory = Path.of(seen.primary().dataDirectory());
        steps.act("end what is left of " + seen.primary().name(), () -> programs.halt(directory), () -> {
            if (seen.ran()) {
                programs.start(directory);
            }
        });
    }

    /** A server that comes up as a standby takes no writes, whoever starts it. */
    private void keepFromWriting(Steps steps, Seen seen, InstanceRecord to, Endpoint login) {
        var old = seen.primary();
        var directory = Path.of(old.dataDirectory());
        if (!seen.reachable()) {
            steps.warn("The data directory of %s cannot be reached: it is not kept from taking writes where it is."
                    .formatted(old.name()));
            return;
        }
        steps.ensure(
                "keep " + old.name() + " from taking writes",
                () -> programs.comesUpAsStandby(directory),
                () -> programs.followPrimary(directory, Followers.at(to, login), old.slot(), old.name()),
                () -> programs.standAlone(directory));
    }

    private static List<InstanceRecord> all(Chosen chosen, Seen seen) {
        return Stream.concat(chosen.others().stream(), Stream.of(seen.primary()))
                .toList();
    }

    private void follow(Steps steps, ClusterRecord cluster, Chosen chosen, Endpoint login, Server primary) {
        for (var follower : chosen.others()) {
            followers.haveFollow(steps, follower, chosen.to(), login);
            followers.reload(steps, follower, servers.at(cluster.endpoint(follower)));
        }
        for (var follower : chosen.others()) {
            followers.streams(steps, follower, primary);
        }
    }
}
