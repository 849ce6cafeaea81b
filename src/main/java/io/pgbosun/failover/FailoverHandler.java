package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.failover.Failover.FailoverResult;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.pooler.ClusterPoolers;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

@Singleton
class FailoverHandler implements OperationHandler<Failover, FailoverResult> {
    private final ClusterStore clusters;
    private final FailoverChecks checked;
    private final FailoverRunbook runbook;
    private final PatroniFailover patroni;
    private final PrimaryChangeStore changes;
    private final PrimarySightings primaries;
    private final ClusterPoolers poolers;
    private final Servers servers;
    private final Clock clock;

    FailoverHandler(
            ClusterStore clusters,
            FailoverChecks checked,
            FailoverRunbook runbook,
            PatroniFailover patroni,
            PrimaryChangeStore changes,
            PrimarySightings primaries,
            ClusterPoolers poolers,
            Servers servers,
            Clock clock) {
        this.clusters = clusters;
        this.checked = checked;
        this.runbook = runbook;
        this.patroni = patroni;
        this.changes = changes;
        this.primaries = primaries;
        this.poolers = poolers;
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
        var led = runbook.promote(steps, cluster, spec);
        var seen = led.seen();
        var to = led.chosen().to();
        var primary = servers.at(cluster.endpoint(to));
        poolers.lead(steps, target.id(), seen.poolers(), to.name(), cluster.endpoint(to));
        steps.act(
                "prove that " + to.name() + " takes writes",
                () -> primary.createRestorePoint("failover " + steps.operation()));
        var took = steps.get("note when it took writes", Instant.class, clock::instant);
        var timeline = runbook.follow(steps, cluster, led);
        primaries.remember(steps, target.id(), to, primary);
        var done = steps.get("note the end", Instant.class, clock::instant);
        var change = FailoverChoice.change(
                target.id(), steps, seen, led.chosen(), timeline, List.of(seen.at(), led.fenced(), took, done));
        steps.ensure("record it in the history", () -> changes.has(steps.operation()), () -> changes.put(change));
        steps.warn("%s is kept from taking writes; make it a standby again with rejoin."
                .formatted(seen.primary().name()));
        return new FailoverResult(
                seen.primary().name(),
                to.name(),
                timeline,
                led.chosen().loss().lossBytes(),
                FailoverChoice.seconds(seen.at(), took));
    }
}
