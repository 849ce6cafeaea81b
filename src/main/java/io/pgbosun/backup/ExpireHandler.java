package io.pgbosun.backup;

import io.pgbosun.backup.Expire.ExpireResult;
import io.pgbosun.backup.RetentionPreview.RetentionVerdict;
import io.pgbosun.backup.wal.WalExpiry;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

@Singleton
class ExpireHandler implements OperationHandler<Expire, ExpireResult> {
    private final BackupPolicies policies;
    private final BackupStore backups;
    private final BackupRemoval removal;
    private final WalRetention walRetention;
    private final Clock clock;

    ExpireHandler(
            BackupPolicies policies,
            BackupStore backups,
            BackupRemoval removal,
            WalRetention walRetention,
            Clock clock) {
        this.policies = policies;
        this.backups = backups;
        this.removal = removal;
        this.walRetention = walRetention;
        this.clock = clock;
    }

    /** A backup that goes. */
    record Going(UUID backup, String repository, long sizeBytes) {}

    /** Archived WAL that goes. */
    record GoingWal(int count, long sizeBytes) {
        static final GoingWal NONE = new GoingWal(0, 0);
    }

    /**
     * The backups that go, the newest first: what needs another one goes before it.
     *
     * @param walBefore up to when archived WAL may go, or null
     */
    record Decision(List<Going> going, int kept, Instant walBefore) {
        private Decision without(Set<UUID> others) {
            var left =
                    going.stream().filter(one -> !others.contains(one.backup())).toList();
            return new Decision(left, kept + going.size() - left.size(), walBefore);
        }
    }

    @Override
    public void check(Target target, Expire spec, Checks checks) {
        var policy = policies.find(spec.policy());
        checks.need(
                "policy is known",
                policy.isPresent(),
                spec.policy(),
                "a backup policy",
                "List them with GET /v1/backup-policies.");
        if (policy.isEmpty()) {
            return;
        }
        var covers = policies.covers(policy.get(), target.id());
        checks.need(
                "policy is for this cluster",
                covers,
                target.id(),
                "the policy's cluster, with the labels of its selector",
                "Use another policy, or label the cluster.");
        if (covers) {
            checks.restsOn(
                    "going",
                    decide(target, spec).going().stream().map(Going::backup).toList());
        }
    }

    private Decision decide(Target target, Expire spec) {
        var policy = policies.get(spec.policy());
        var verdicts = policies.verdicts(target.id(), policy);
        var wanted = verdicts.stream()
                .filter(RetentionVerdict::goes)
                .map(RetentionVerdict::backup)
                .collect(Collectors.toSet());
        var needed = removal.unknownNeeding(backups.ofCluster(target.id()).stream()
                .filter(stored -> wanted.contains(stored.backup().id()))
                .toList());
        var going = verdicts.stream()
                .filter(verdict -> wanted.contains(verdict.backup()))
                .filter(verdict -> !needed.containsKey(verdict.backup()))
                .map(verdict -> new Going(verdict.backup(), verdict.repository(), verdict.sizeBytes()))
                .toList();
        return new Decision(
                going,
                verdicts.size() - going.size(),
                walRetention.before(target.id(), policy.retention(), clock.instant()));
    }

    @Override
    public ExpireResult run(Target target, Expire spec, Steps steps) {
        var decision = steps.get("decide what goes", Decision.class, () -> decide(target, spec));
        steps.pointOfNoReturn();
        var marked = steps.act(
                "mark what goes",
                Decision.class,
                decision,
                () -> decision.without(backups.unmarked(
                        steps.operation(),
                        decision.going().stream().map(Going::backup).toList())));
        for (var going : marked.going()) {
            removal.remove(
                    steps,
                    going.backup(),
                    going.repository(),
                    "the files of " + going.backup(),
                    going.backup().toString(),
                    () -> backups.expire(going.backup(), spec.policy(), steps.operation()));
        }
        var wal = marked.walBefore() == null ? GoingWal.NONE : expireWal(target.id(), marked.walBefore(), steps);
        return new ExpireResult(
                spec.policy(),
                target.id(),
                marked.going().stream().map(Going::backup).toList(),
                marked.kept(),
                marked.going().stream().mapToLong(Going::sizeBytes).sum(),
                wal.count(),
                wal.sizeBytes());
    }

    /** After the backups: those that are there now say what is needed. Counted first, since a run that is resumed finds less. */
    private GoingWal expireWal(String cluster, Instant before, Steps steps) {
        var going = steps.get(
                "decide what archived WAL goes", GoingWal.class, GoingWal.NONE, () -> goingWal(cluster, before, steps));
        steps.act("remove archived WAL", () -> {
            if (going.count() > 0) {
                walRetention.remove(cluster, backups.ofCluster(cluster), before);
            }
        });
        return going;
    }

    private GoingWal goingWal(String cluster, Instant before, Steps steps) {
        if (backups.isWalRead(cluster)) {
            steps.warn("Archived WAL is left for the next time: a drill or a recovery reads it.");
            return GoingWal.NONE;
        }
        var going = walRetention.fates(cluster, backups.ofCluster(cluster), before).stream()
                .filter(WalExpiry.Fate::goes)
                .toList();
        return new GoingWal(
                going.stream().mapToInt(WalExpiry.Fate::fileCount).sum(),
                going.stream().mapToLong(WalExpiry.Fate::sizeBytes).sum());
    }
}
