package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PatroniMembers;
import io.pgbosun.host.PatroniCluster;
import io.pgbosun.host.PatroniMember;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Wait;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Who really leads a cluster of Patroni: who holds the leader key and takes writes. */
@Singleton
class PatroniLeaders {
    /** Patroni's usual ttl is 30 s. */
    private static final Duration ELECTED_WITHIN = Duration.ofSeconds(90);

    private static final Duration USUAL_LOOP_WAIT = Duration.ofSeconds(10);
    private static final Duration USUAL_TTL = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final PatroniMembers members;
    private final Servers servers;

    PatroniLeaders(PatroniMembers members, Servers servers) {
        this.members = members;
        this.servers = servers;
    }

    PatroniCluster look(ClusterRecord cluster) {
        return members.of(cluster).cluster();
    }

    /** Empty while nobody leads. */
    Optional<InstanceRecord> leader(ClusterRecord cluster) {
        return look(cluster)
                .leader()
                .flatMap(member -> PatroniMembers.instance(cluster, member))
                .filter(instance -> takesWrites(cluster, instance));
    }

    boolean leads(ClusterRecord cluster, InstanceRecord instance) {
        return leader(cluster).filter(instance::equals).isPresent();
    }

    /** Whether it answers and is no standby. */
    boolean takesWrites(ClusterRecord cluster, InstanceRecord instance) {
        try {
            return !servers.at(cluster.endpoint(instance)).facts().inRecovery();
        } catch (Problem problem) {
            if (problem.type() == ProblemType.CANCELLED) {
                throw problem;
            }
            return false;
        }
    }

    void switchOver(ClusterRecord cluster, InstanceRecord from, InstanceRecord to) {
        var seen = look(cluster);
        members.of(cluster).switchover(name(seen, from), name(seen, to), () -> leads(cluster, to));
        awaitLeader(cluster, to);
    }

    void failOver(ClusterRecord cluster, InstanceRecord to) {
        members.of(cluster).failover(name(look(cluster), to), () -> leads(cluster, to));
        awaitLeader(cluster, to);
    }

    private static String name(PatroniCluster seen, InstanceRecord instance) {
        PatroniMember member = PatroniMembers.member(seen, instance);
        return member.name();
    }

    private void awaitLeader(ClusterRecord cluster, InstanceRecord to) {
        Wait.until(to.name() + " leads", ELECTED_WITHIN, () -> leads(cluster, to));
    }

    /**
     * After an order that was refused, or whose answer was lost: waits until this one leads, or another one has led for so long
     * without a break that Patroni has looked twice and so has forgotten the order, or nobody has for so long that Patroni would
     * have chosen somebody. Answers whether this one leads.
     */
    boolean settle(ClusterRecord cluster, InstanceRecord to) {
        var config = members.of(cluster).config();
        var looks = seconds(config, "loop_wait", USUAL_LOOP_WAIT).multipliedBy(2);
        var steady = new Steady(looks, looks.plus(seconds(config, "ttl", USUAL_TTL)));
        Wait.until("somebody leads", LONGEST, () -> steady.is(leader(cluster).orElse(null), to));
        return to.equals(steady.last);
    }

    private static Duration seconds(Map<String, Object> config, String name, Duration usual) {
        return config.get(name) instanceof Number seconds ? Duration.ofSeconds(seconds.longValue()) : usual;
    }

    /** Sees who leads, again and again. */
    private static final class Steady {
        private final Duration led;
        private final Duration unled;
        private InstanceRecord last;
        private long since = System.nanoTime();

        Steady(Duration led, Duration unled) {
            this.led = led;
            this.unled = unled;
        }

        boolean is(InstanceRecord leader, InstanceRecord wanted) {
            var now = System.nanoTime();
            if (!Objects.equals(last, leader)) {
                last = leader;
                since = now;
            }
            var enough = leader == null ? unled : led;
            return wanted.equals(leader) || now - since >= enough.toNanos();
        }
    }
}
