package io.pgbosun.cluster;

import io.pgbosun.host.Patroni;
import io.pgbosun.host.PatroniCluster;
import io.pgbosun.host.PatroniMember;
import io.pgbosun.host.Patronis;
import io.pgbosun.operation.Checks;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** The instances of a cluster of Patroni, and its members: the same servers, found by where they listen. */
@Singleton
public class PatroniMembers {
    private static final int LONGEST = 63;

    private final Patronis patronis;

    PatroniMembers(Patronis patronis) {
        this.patronis = patronis;
    }

    /** Refused for a cluster without Patroni. */
    public Patroni of(ClusterRecord cluster) {
        if (!cluster.isPatroni()) {
            throw Problem.notPossible("Cluster '%s' is not one of Patroni: pgbosun drives it itself."
                    .formatted(cluster.cluster().name()));
        }
        return patronis.at(cluster.patroni());
    }

    /** Blocks what only Patroni can do. */
    public static void require(ClusterRecord cluster, Checks checks) {
        checks.need(
                "the cluster is one of Patroni",
                cluster.isPatroni(),
                cluster.cluster().driver(),
                "PATRONI",
                "Register it with how its Patroni is reached.");
    }

    /** Who are members just now. */
    static List<InstanceRecord> instances(Patroni patroni) {
        return patroni.cluster().members().stream()
                .filter(member -> member.port() != null)
                .map(PatroniMembers::record)
                .toList();
    }

    /** What a member is registered as; Patroni's names may hold what ours may not. */
    public static InstanceRecord record(PatroniMember member) {
        var plain = member.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
        var name = plain.matches("[a-z].*") ? plain : "m-" + plain;
        var fitting = name.substring(0, Math.min(LONGEST, name.length())).replaceAll("-+$", "");
        return new InstanceRecord(fitting, null, member.host(), member.port(), null);
    }

    public static Optional<InstanceRecord> instance(ClusterRecord cluster, PatroniMember member) {
        return cluster.instances().stream()
                .filter(instance -> is(member, instance))
                .findFirst();
    }

    /** Refused when it is none just now, as when it is dead for longer than Patroni's ttl. */
    public static PatroniMember member(PatroniCluster seen, InstanceRecord instance) {
        return seen.members().stream()
                .filter(member -> is(member, instance))
                .findFirst()
                .orElseThrow(
                        () -> Problem.notPossible("Patroni does not know %s (%s:%d) just now; its Patroni may be down."
                                .formatted(instance.name(), instance.address(), instance.port())));
    }

    private static boolean is(PatroniMember member, InstanceRecord instance) {
        return instance.address().equals(member.host()) && Objects.equals(instance.port(), member.port());
    }
}
