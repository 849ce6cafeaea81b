package io.pgbosun.backup;

import com.fasterxml.jackson.core.type.TypeReference;
import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.backup.BackupStore.Stored;
import io.pgbosun.backup.KeptBackups.Considered;
import io.pgbosun.backup.RetentionPreview.RetentionVerdict;
import io.pgbosun.backup.wal.WalExpiry;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Clusters;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Json;
import io.pgbosun.store.Page;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.lang.reflect.Type;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The policies by which backups are kept, and what they say of a cluster's backups now. */
@Singleton
public class BackupPolicies {
    private static final Type LABELS = new TypeReference<Map<String, String>>() {}.getType();
    private static final String COLUMNS = """
            select name, cluster, selector::text as selector, retention::text as retention, created_at from backup_policy
            """;

    private final Store store;
    private final BackupStore backups;
    private final WalRetention walRetention;
    private final Clusters clusters;
    private final ClusterStore clusterStore;
    private final Json json;
    private final AuditTrail audit;
    private final Clock clock;

    BackupPolicies(
            Store store,
            BackupStore backups,
            WalRetention walRetention,
            Clusters clusters,
            ClusterStore clusterStore,
            Json json,
            AuditTrail audit,
            Clock clock) {
        this.store = store;
        this.backups = backups;
        this.walRetention = walRetention;
        this.clusters = clusters;
        this.clusterStore = clusterStore;
        this.json = json;
        this.audit = audit;
        this.clock = clock;
    }

    /** By name. */
    public Page<BackupPolicy> list(Caller caller, Page.Request page) {
        caller.requireSomewhere(Permission.BACKUP_POLICY_READ);
        var rows = store.query(
                COLUMNS + " where ($1::text is null or name > $1) order by name limit $2", page.after(), page.limit());
        return page.of(rows, this::policy, row -> row.text("name"));
    }

    public BackupPolicy get(Caller caller, String name) {
        caller.requireSomewhere(Permission.BACKUP_POLICY_READ);
        return get(name);
    }

    /** Makes a policy, which removes nothing until an operation names it. */
    public BackupPolicy create(Caller caller, CreateBackupPolicy request) {
        caller.require(Permission.BACKUP_POLICY_WRITE);
        if (!ZoneId.getAvailableZoneIds().contains(request.retention().zone())) {
            throw Problem.invalid(
                    "retention.zone", "must be a time zone of IANA's", "Write one such as Europe/Berlin or UTC.");
        }
        store.inTx(tx -> {
            var inserted = tx.update(
                    """
                    insert into backup_policy (name, cluster, selector, retention)
                    values ($1, $2, $3::text::jsonb, $4::text::jsonb) on conflict do nothing
                    """,
                    request.name(),
                    request.cluster(),
                    request.selector() == null ? null : json.store(request.selector()),
                    json.store(request.retention()));
            if (inserted == 0) {
                throw Problem.alreadyExists("backup policy", request.name());
            }
            audit.write(
                    tx,
                    caller,
                    "backup-policy.create",
                    "backup-policies/" + request.name(),
                    null,
                    Map.of("retention", request.retention()));
        });
        return get(request.name());
    }

    /** Forgets a policy; what names it is refused from then on. */
    public void delete(Caller caller, String name) {
        caller.require(Permission.BACKUP_POLICY_WRITE);
        get(name);
        store.inTx(tx -> {
            tx.update("delete from backup_policy where name = $1", name);
            audit.write(tx, caller, "backup-policy.delete", "backup-policies/" + name, null, Map.of());
        });
    }

    /** What an operation with this policy would remove now, and why it would keep the others. */
    public RetentionPreview preview(Caller caller, String cluster, String name) {
        caller.requireSomewhere(Permission.BACKUP_READ);
        if (name == null) {
            throw Problem.invalid("policy", "must be given", "List them with GET /v1/backup-policies.");
        }
        var labels = clusters.get(caller, cluster).labels();
        caller.require(Permission.BACKUP_READ, labels);
        var policy = get(caller, name);
        if (!policy.covers(cluster, labels)) {
            throw Problem.notPossible("The policy '" + name + "' is not for the cluster '" + cluster
                    + "'; use another one, or label the cluster.");
        }
        var verdicts = verdicts(cluster, policy);
        var going = verdicts.stream().filter(RetentionVerdict::goes).toList();
        return new RetentionPreview(
                name,
                cluster,
                clock.instant(),
                going.size(),
                going.stream().mapToLong(RetentionVerdict::sizeBytes).sum(),
                verdicts,
                wal(cluster, policy, going));
    }

    /** As it would be without the backups that go. */
    private List<WalExpiry.Fate> wal(String cluster, BackupPolicy policy, List<RetentionVerdict> going) {
        var before = walRetention.before(cluster, policy.retention(), clock.instant());
        if (before == null) {
            return List.of();
        }
        var gone = going.stream().map(RetentionVerdict::backup).collect(Collectors.toSet());
        var kept = backups.ofCluster(cluster).stream()
                .filter(stored -> !gone.contains(stored.backup().id()))
                .toList();
        return walRetention.fates(cluster, kept, before);
    }

    /** What every policy says of every cluster that it covers. */
    public List<PolicyStanding> standings() {
        var policies = store.query(COLUMNS + " order by name").stream()
                .map(this::policy)
                .toList();
        var standings = new ArrayList<PolicyStanding>();
        for (var name : policies.isEmpty() ? List.<String>of() : clusterStore.names()) {
            var covering = clusterStore.find(name).stream()
                    .flatMap(cluster -> policies.stream()
                            .filter(policy ->
                                    policy.covers(name, cluster.cluster().labels())))
                    .toList();
            var all = covering.isEmpty() ? List.<Stored>of() : backups.ofCluster(name);
            covering.forEach(policy -> standings.add(standing(name, policy, verdicts(all, policy), all)));
        }
        return standings;
    }

    private static PolicyStanding standing(
            String cluster, BackupPolicy policy, List<RetentionVerdict> verdicts, List<Stored> all) {
        var kept = verdicts.stream().filter(verdict -> !verdict.goes()).toList();
        var ids = kept.stream().map(RetentionVerdict::backup).collect(Collectors.toSet());
        return new PolicyStanding(
                cluster,
                policy.name(),
                kept.size(),
                (int) kept.stream()
                        .filter(verdict -> verdict.confidence() == Confidence.ASSERTED)
                        .count(),
                kept.stream().mapToLong(RetentionVerdict::sizeBytes).sum(),
                verdicts.size() - kept.size(),
                all.stream()
                        .map(Stored::backup)
                        .filter(backup -> ids.contains(backup.id()))
                        .map(Backup::endTime)
                        .max(Instant::compareTo)
                        .orElse(null));
    }

    boolean covers(BackupPolicy policy, String cluster) {
        return policy.covers(cluster, clusterStore.get(cluster).cluster().labels());
    }

    /** The newest first. */
    List<RetentionVerdict> verdicts(String cluster, BackupPolicy policy) {
        return verdicts(backups.ofCluster(cluster), policy);
    }

    private List<RetentionVerdict> verdicts(List<Stored> all, BackupPolicy policy) {
        var kept = KeptBackups.judge(
                all.stream().map(BackupPolicies::candidate).toList(), policy.retention(), clock.instant());
        var byId = new java.util.HashMap<java.util.UUID, Backup>();
        all.forEach(stored -> byId.put(stored.backup().id(), stored.backup()));
        return kept.entrySet().stream()
                .map(judged -> verdict(byId.get(judged.getKey()), judged.getValue()))
                .toList();
    }

    private static RetentionVerdict verdict(Backup backup, Set<KeptBy> by) {
        return new RetentionVerdict(
                backup.id(),
                backup.repository(),
                backup.startTime(),
                backup.sizeBytes(),
                backup.confidence(),
                by.isEmpty(),
                List.copyOf(by));
    }

    /** Backups of the same databases in the same repository, made in the same way, can stand in for each other. */
    private static Considered candidate(Stored stored) {
        var backup = stored.backup();
        return new Considered(
                backup.id(),
                backup.startTime(),
                backup.repository() + " " + backup.series(),
                backup.confidence() == Confidence.ASSERTED,
                backup.hold() != null,
                stored.needs());
    }

    Optional<BackupPolicy> find(String name) {
        return store.one(COLUMNS + " where name = $1", name).map(this::policy);
    }

    BackupPolicy get(String name) {
        return find(name).orElseThrow(() -> Problem.notFound("backup policy", name));
    }

    private BackupPolicy policy(Row row) {
        return new BackupPolicy(
                row.text("name"),
                row.text("cluster"),
                json.load(row.text("selector"), LABELS),
                json.load(row.text("retention"), RetentionRule.class),
                row.time("created_at"));
    }
}
