package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.Servers;
import io.pgbosun.host.WalTail;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The standbys by what they have received of the primary's WAL, each with what would be lost. */
@Singleton
class Ranking {
    private static final Logger LOG = Logger.getLogger(Ranking.class);
    /** Over the highest rate that was seen: what was written when nobody looked may have been more. */
    private static final int MARGIN = 2;

    /** As many bytes in a second at least: bursts are short. */
    private static final long LEAST_RATE = 1 << 20;

    private static final double MILLIS = 1000.0;

    private final Servers servers;
    private final PgHosts hosts;
    private final PrimarySightings primaries;
    private final Clock clock;

    Ranking(Servers servers, PgHosts hosts, PrimarySightings primaries, Clock clock) {
        this.servers = servers;
        this.hosts = hosts;
        this.primaries = primaries;
        this.clock = clock;
    }

    /** The best one first. */
    List<Candidate> of(ClusterRecord cluster, InstanceRecord primary, List<Sighting> sightings) {
        var standbys = sightings.stream().filter(Sighting::standby).toList();
        var seen = primaries.last(cluster.cluster().name(), primary.name());
        var most = standbys.stream().map(standby -> standby.facts().writeLsn()).max(Comparator.naturalOrder());
        var allAnswer = sightings.stream()
                .allMatch(sighting -> sighting.standby() || sighting.instance().equals(primary));
        return standbys.stream()
                .map(standby ->
                        new Standby(standby, servers.at(standby.endpoint()).walTimeline()))
                .sorted(Comparator.comparingInt(Standby::timeline)
                        .thenComparing(standby -> standby.at().facts().writeLsn())
                        .reversed())
                .map(standby -> {
                    var received = standby.at().facts().writeLsn();
                    var hasAll = allAnswer && most.filter(received::equals).isPresent();
                    return candidate(standby, primary, seen, hasAll);
                })
                .toList();
    }

    /** One that was on an older timeline is of another history, however far it is there. */
    private record Standby(Sighting at, int timeline) {}

    private Candidate candidate(
            Standby standby, InstanceRecord primary, Optional<PrimarySightings.Seen> seen, boolean hasAll) {
        var received = standby.at().facts().writeLsn();
        var lastCommit =
                servers.at(standby.at().endpoint()).lastReplayedCommit().orElse(null);
        var tail = tail(primary, received);
        if (tail.isPresent() && tail.get().commits() == 0) {
            return candidate(
                    standby, lastCommit, 0L, 0L, 0.0, "the WAL of the old primary: it ends with no commit more");
        }
        if (hasAll && seen.filter(PrimarySightings.Seen::synchronous).isPresent()) {
            return candidate(
                    standby, lastCommit, 0L, 0L, 0.0, "synchronous replication: what it lacks was not acknowledged");
        }
        if (tail.isPresent()) {
            return candidate(
                    standby,
                    lastCommit,
                    tail.get().end().bytesSince(received),
                    tail.get().commits(),
                    seconds(lastCommit, tail.get().lastCommit()),
                    "the WAL of the old primary");
        }
        return seen.map(last -> candidate(
                        standby,
                        lastCommit,
                        estimate(last, received),
                        null,
                        seconds(lastCommit, clock.instant()),
                        "the last sight of the primary at " + last.at() + ", and the most that it wrote in a second"))
                .orElseGet(() -> candidate(standby, lastCommit, null, null, null, "nothing"));
    }

    private static Candidate candidate(
            Standby standby, Instant lastCommit, Long bytes, Long commits, Double seconds, String by) {
        return new Candidate(
                standby.at().instance().name(),
                standby.at().facts().writeLsn().toString(),
                standby.timeline(),
                lastCommit,
                bytes,
                commits,
                seconds,
                by);
    }

    /** What the disk of the old primary has more; empty when it cannot be read. */
    private Optional<WalTail> tail(InstanceRecord primary, Lsn received) {
        if (primary.dataDirectory() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(hosts.of(primary).walAfter(primary.directory(), received));
        } catch (Problem problem) {
            LOG.infof("the WAL of %s cannot be read: %s", primary.name(), problem.detail());
            return Optional.empty();
        }
    }

    /** What was lost at most when a primary was left at a position, when it was seen before; empty when it was not. */
    Optional<Long> bound(String cluster, String primary, Lsn left) {
        return primaries.last(cluster, primary).map(last -> last.synchronous() ? 0L : estimate(last, left));
    }

    private long estimate(PrimarySightings.Seen last, Lsn received) {
        var silence = Duration.between(last.at(), clock.instant()).toMillis() / MILLIS;
        return Math.max(0, last.lsn().bytesSince(received))
                + (long) Math.ceil(MARGIN * Math.max(LEAST_RATE, last.bytesPerSecond()) * Math.max(0, silence));
    }

    private static Double seconds(Instant from, Instant to) {
        return from == null || to == null
                ? null
                : Double.valueOf(Math.max(0, Duration.between(from, to).toMillis() / MILLIS));
    }
}
