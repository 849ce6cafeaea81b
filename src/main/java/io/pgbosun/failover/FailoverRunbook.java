package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.failover.FailoverChoice.Chosen;
import io.pgbosun.failover.FailoverChoice.Seen;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Steps;
import io.pgbosun.pooler.ClusterPoolers;
import io.pgbosun.replication.Followers;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** How a standby takes the place of a primary that pgbosun runs itself, in a cluster as in a scratch copy of one. */
@Singleton
class FailoverRunbook {
    private final FailoverChoice choice;
    private final Followers followers;
    private final ClusterPoolers poolers;
    private final PgHosts hosts;
    private final Servers servers;
    private final Clock clock;

    FailoverRunbook(
            FailoverChoice choice,
            Followers followers,
            ClusterPoolers poolers,
            PgHosts hosts,
            Servers servers,
            Clock clock) {
        this.choice = choice;
        this.poolers = poolers;
        this.followers = followers;
        this.hosts = hosts;
        this.servers = servers;
        this.clock = clock;
    }

    /** What was seen and chosen, how standbys log in, and when the old primary could write no more. */
    record Led(Seen seen, Chosen chosen, Endpoint login, Instant fenced) {}

    /** Up to the promotion, the point of no return. */
    Led promote(Steps steps, ClusterRecord cluster, Failover spec) {
        var seen = steps.get("look at the primary from everywhere", Seen.class, () -> choice.look(cluster, spec));
        keepClientsAway(steps, cluster, seen);
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
        return new Led(seen, chosen, login, fenced);
    }

    /** Has the other standbys follow; answers the timeline that began. */
    int follow(Steps steps, ClusterRecord cluster, Led led) {
        var to = led.chosen().to();
        var primary = servers.at(cluster.endpoint(to));
        for (var follower : led.chosen().others()) {
            followers.haveFollow(steps, follower, to, led.login());
            followers.reload(steps, follower, servers.at(cluster.endpoint(follower)));
        }
        for (var follower : led.chosen().others()) {
            followers.streams(steps, follower, primary);
        }
        return followers.checkpoint(steps, to, primary);
    }

    /** From here on no client writes to it; what ran before runs again when nothing comes of it. */
    private void keepClientsAway(Steps steps, ClusterRecord cluster, Seen seen) {
        var old = seen.primary();
        if (!seen.host().answers()) {
            poolers.cutOff(steps, cluster.cluster().name(), seen.poolers());
            return;
        }
        steps.act("end what is left of " + old.name(), () -> hosts.of(old).halt(old.directory()), () -> {
            if (seen.host().ran()) {
                hosts.of(old).start(old.directory());
            }
        });
    }

    /** A server that comes up as a standby takes no writes, whoever starts it. */
    private void keepFromWriting(Steps steps, Seen seen, InstanceRecord to, Endpoint login) {
        var old = seen.primary();
        if (!seen.host().data()) {
            steps.warn(
                    seen.host().answers()
                            ? "The data directory of %s is not there: it is not kept from taking writes where it is."
                                    .formatted(old.name())
                            : "The host of %s does not answer: %s. When it is back and takes writes, it is stopped, and comes up as a standby."
                                    .formatted(
                                            old.name(),
                                            seen.poolers().isEmpty()
                                                    ? "without a pooler, only its being down keeps clients away from it"
                                                    : "poolers keep clients away from it"));
            return;
        }
        steps.ensure(
                "keep " + old.name() + " from taking writes",
                () -> hosts.of(old).comesUpAsStandby(old.directory()),
                () -> hosts.of(old).followPrimary(old.directory(), Followers.at(to, login), old.slot(), old.name()),
                () -> hosts.of(old).standAlone(old.directory()));
    }

    private static List<InstanceRecord> all(Chosen chosen, Seen seen) {
        return Stream.concat(chosen.others().stream(), Stream.of(seen.primary()))
                .toList();
    }
}
