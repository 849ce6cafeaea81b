package io.pgbosun.backup;

import io.pgbosun.backup.Expire.ExpireResult;
import io.pgbosun.backup.RetentionPreview.RetentionVerdict;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.UUID;

@Singleton
class ExpireHandler implements OperationHandler<Expire, ExpireResult> {
    private final BackupPolicies policies;
    private final BackupStore backups;
    private final BackupRemoval removal;

    ExpireHandler(BackupPolicies policies, BackupStore backups, BackupRemoval removal) {
        this.policies = policies;
        this.backups = backups;
        this.removal = removal;
    }

    /** A backup that goes. */
    record Going(UUID backup, String repository, long sizeBytes) {}

    /** The backups that go, the newest first: what needs another one goes before it. */
    record Decision(List<Going> going, int kept) {
        private Decision without(Set<UUID> others) {
            var left =
                    going.stream().filter(one -> !others.contains(one.backup())).toList();
            return new Decision(left, kept + going.size() - left.size());
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
        var verdicts = policies.verdicts(target.id(), policies.get(spec.policy()));
        var going = verdicts.stream()
                .filter(RetentionVerdict::goes)
                .filter(verdict -> removal.unknownNeeding(verdict.backup()).isEmpty())
                .map(verdict -> new Going(verdict.backup(), verdict.repository(), verdict.sizeBytes()))
                .toList();
        return new Decision(going, verdicts.size() - going.size());
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
        return new ExpireResult(
                spec.policy(),
                target.id(),
                marked.going().stream().map(Going::backup).toList(),
                marked.kept(),
                marked.going().stream().mapToLong(Going::sizeBytes).sum());
    }
}
