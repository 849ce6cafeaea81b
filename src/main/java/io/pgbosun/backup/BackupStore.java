package io.pgbosun.backup;

import com.fasterxml.jackson.core.type.TypeReference;
import io.pgbosun.access.Caller;
import io.pgbosun.access.Channel;
import io.pgbosun.access.Permission;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.backup.Backup.Evidence;
import io.pgbosun.backup.wal.BasePoint;
import io.pgbosun.host.Lsn;
import io.pgbosun.operation.Ids;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Json;
import io.pgbosun.store.Page;
import io.pgbosun.store.Queries;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.lang.reflect.Type;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The catalogue of backups. */
@Singleton
public class BackupStore {
    private static final Type EVIDENCE = new TypeReference<List<Evidence>>() {}.getType();
    private static final Type LABELS = new TypeReference<Map<String, String>>() {}.getType();
    private static final String COLUMNS = """
            select b.id, b.cluster, b.labels::text as labels, b.repository, b.type, b.confidence, b.size_bytes,
              b.manifest::text as manifest, b.evidence::text as evidence, b.started_at, b.ended_at,
              b.hold::text as hold, b.needs, d.report::text as drill
            from backup b left join lateral (select report from drill where backup = b.id order by id desc limit 1) d on true
            """;
    /** Who deletes what a policy does not keep; the operation says who started it. */
    private static final Caller EXPIRY = new Caller("pgbosun", Channel.SCHEDULE, List.of());

    private static final String VISIBLE =
            "exists (select 1 from jsonb_array_elements($1::text::jsonb) s where b.labels @> s)";

    private final Store store;
    private final Json json;
    private final Clock clock;
    private final AuditTrail audit;

    BackupStore(Store store, Json json, Clock clock, AuditTrail audit) {
        this.audit = audit;
        this.store = store;
        this.json = json;
        this.clock = clock;
    }

    /** A backup with what only its runbooks need. */
    record Stored(Backup backup, Map<String, String> labels, Manifest manifest, Set<UUID> needs) {}

    Optional<Stored> find(UUID id) {
        return store.one(COLUMNS + " where b.id = $1", id).map(this::stored);
    }

    Stored get(UUID id) {
        return find(id).orElseThrow(() -> Problem.notFound("backup", id.toString()));
    }

    /** The backups of a repository, the oldest first. */
    List<UUID> idsIn(String repository) {
        return store.query("select id from backup where repository = $1 order by id", repository).stream()
                .map(row -> row.uuid("id"))
                .toList();
    }

    /** Whether an operation that has not ended takes the backup, or works on it. */
    boolean isWorkedOn(UUID id) {
        return store.one(
                        "select 1 from operation where ended_at is null and (id = $1 or target = $2) limit 1",
                        id,
                        Target.backup(id).toString())
                .isPresent();
    }

    /** The newest backup of a cluster. */
    Optional<Stored> newest(String cluster) {
        return store.one(COLUMNS + " where b.cluster = $1 order by b.id desc limit 1", cluster)
                .map(this::stored);
    }

    /** The newest backup of a whole server. */
    Optional<Stored> newestPhysical(String cluster) {
        return store.one(COLUMNS + " where b.cluster = $1 and b.type = 'PHYSICAL' order by b.id desc limit 1", cluster)
                .map(this::stored);
    }

    /** The newest backup of a cluster that a drill has proven. */
    Optional<UUID> newestAsserted(String cluster) {
        return store.one(
                        "select id from backup where cluster = $1 and confidence = 'ASSERTED' order by started_at desc, id desc limit 1",
                        cluster)
                .map(row -> row.uuid("id"));
    }

    /**
     * The physical backups of a cluster from which recovery can begin, the oldest first. One of pg_basebackup holds the WAL
     * that it needs to be consistent: archived WAL is wanted from there on. One of pgBackRest holds none.
     */
    List<BasePoint> basePoints(String cluster) {
        return store.query("""
                        select id, (manifest->'physical'->>'timeline')::integer as timeline,
                          manifest->'physical'->>'stopLsn' as stop_lsn,
                          manifest->'set'->>'startLsn' as set_start_lsn,
                          (manifest->'physical'->>'endTime')::timestamptz as end_time
                        from backup where cluster = $1 and type = 'PHYSICAL' order by end_time, id
                        """, cluster).stream()
                .map(row -> new BasePoint(
                        row.uuid("id"),
                        row.integer("timeline"),
                        Lsn.parse(row.text(row.text("set_start_lsn") == null ? "stop_lsn" : "set_start_lsn")),
                        Lsn.parse(row.text("stop_lsn")),
                        row.time("end_time")))
                .toList();
    }

    /** Whether something reads the archived WAL of a cluster just now. */
    boolean isWalRead(String cluster) {
        return store.one("""
                        select 1 from operation where ended_at is null
                          and (kind in ('drill', 'failover-drill') and target = $1 or kind = 'recover' and spec->>'source' = $2) limit 1
                        """, Target.cluster(cluster).toString(), cluster).isPresent();
    }

    void insert(Manifest manifest, Map<String, String> labels, String repository) {
        insert(manifest, labels, repository, evidence(manifest));
    }

    /** One that others have taken: nobody has looked at it. */
    void insertFound(Manifest manifest, Map<String, String> labels, String repository, Evidence found) {
        insert(manifest, labels, repository, List.of(found));
    }

    /** It needs those of its stanza that pgBackRest says it refers to. */
    private void insert(Manifest manifest, Map<String, String> labels, String repository, List<Evidence> evidence) {
        var set = manifest.set();
        store.update(
                """
                insert into backup (id, cluster, labels, repository, type, confidence, size_bytes, manifest, evidence, started_at, ended_at, needs)
                values ($1, $2, $3::text::jsonb, $4, $5, $6, $7, $8::text::jsonb, $9::text::jsonb, $10, $11,
                  array(select b.id from backup b where b.repository = $4 and b.manifest->'set'->>'stanza' = $12
                    and b.manifest->'set'->>'label' = any($13) order by b.id))
                on conflict do nothing
                """,
                manifest.backup(),
                manifest.cluster(),
                json.store(labels),
                repository,
                manifest.type(),
                evidence.getLast().level(),
                manifest.sizeBytes(),
                json.store(manifest),
                json.store(evidence),
                manifest.startTime(),
                manifest.endTime(),
                set == null ? null : set.stanza(),
                set == null ? new String[0] : set.references().toArray(String[]::new));
    }

    /** The label of a backup of a stanza, by backup. */
    Map<UUID, String> labelsOf(String repository, String stanza) {
        var labels = new HashMap<UUID, String>();
        store.query("""
                        select id, manifest->'set'->>'label' as label from backup
                        where repository = $1 and manifest->'set'->>'stanza' = $2
                        """, repository, stanza).forEach(row -> labels.put(row.uuid("id"), row.text("label")));
        return labels;
    }

    private List<Evidence> evidence(Manifest manifest) {
        var id = manifest.backup();
        var evidence = new ArrayList<Evidence>();
        evidence.add(new Evidence(Confidence.RECORDED, manifest.endTime(), id, "every program ended with exit code 0"));
        evidence.add(new Evidence(
                Confidence.CHECKSUMMED,
                clock.instant(),
                id,
                manifest.set() == null
                        ? manifest.files().size() + " files read again, SHA-256 as in the manifest"
                        : "pgbackrest verify found nothing wrong with "
                                + manifest.set().label()));
        var needs = manifest.physical();
        if (needs != null) {
            evidence.add(new Evidence(
                    Confidence.WAL_COMPLETE,
                    clock.instant(),
                    id,
                    "WAL from %s to %s of timeline %d is %s"
                            .formatted(
                                    needs.startLsn(),
                                    needs.stopLsn(),
                                    needs.timeline(),
                                    manifest.set() == null ? "in it" : "in its stanza")));
        }
        return evidence;
    }

    /** All backups of a cluster. */
    List<Stored> ofCluster(String cluster) {
        return store.query(COLUMNS + " where b.cluster = $1", cluster).stream()
                .map(this::stored)
                .toList();
    }

    /** A backup that cannot be restored without this one. */
    Optional<UUID> neededBy(UUID id) {
        return store.one("select id from backup where needs @> array[$1::uuid] limit 1", id)
                .map(row -> row.uuid("id"));
    }

    /** Whether the operation has marked a backup as one that it removes, or has removed it. */
    boolean isMarked(UUID operation, UUID id) {
        return store.one("select 1 from backup where id = $1 and removed_by is distinct from $2", id, operation)
                .isEmpty();
    }

    /**
     * Marks backups as those that the operation removes, which nobody can hold from then on. Left alone is what is held, what
     * another operation removes, and what one restores or proves.
     *
     * @return those that were left alone
     */
    Set<UUID> unmarked(UUID operation, List<UUID> ids) {
        var unmarked = new HashSet<>(ids);
        store.query("""
                        update backup b set removed_by = $1 where b.id = any($2) and b.hold is null
                          and not exists (select from operation o where o.ended_at is null and o.id <> $1
                            and (o.id = b.removed_by or o.spec->>'backup' = b.id::text))
                        returning b.id
                        """, operation, ids.toArray(UUID[]::new)).forEach(row -> unmarked.remove(row.uuid("id")));
        return unmarked;
    }

    void unmark(UUID operation, UUID id) {
        store.update("update backup set removed_by = null where id = $1 and removed_by = $2", id, operation);
    }

    /** Holds a backup, or with null lets it go again; false when an operation is removing it, or it is gone. */
    boolean hold(Queries tx, UUID id, BackupHold hold) {
        return tx.update("""
                        update backup b set hold = $2::text::jsonb where b.id = $1
                          and not exists (select from operation o where o.id = b.removed_by and o.ended_at is null)
                        """, id, hold == null ? null : json.store(hold)) > 0;
    }

    /** Deletes a backup that a policy does not keep, with an audit entry. */
    void expire(UUID id, String policy, UUID operation) {
        store.inTx(tx -> {
            if (tx.update("delete from backup where id = $1", id) > 0) {
                audit.write(
                        tx, EXPIRY, "backup.expire", Target.backup(id).toString(), operation, Map.of("policy", policy));
            }
        });
    }

    void delete(UUID id) {
        store.update("delete from backup where id = $1", id);
    }

    /** Adds evidence once per operation, and raises the confidence when it is higher. */
    void prove(UUID backup, Evidence evidence) {
        store.inTx(tx -> {
            var row = tx.one("select confidence from backup where id = $1 for update", backup)
                    .orElseThrow();
            var before = row.constant(Confidence.class, "confidence");
            var now = evidence.level().compareTo(before) > 0 ? evidence.level() : before;
            tx.update(
                    """
                    update backup set confidence = $2, evidence = evidence || $3::text::jsonb
                    where id = $1 and not evidence @> jsonb_build_array(jsonb_build_object('operation', $4::text))
                    """,
                    backup,
                    now,
                    json.store(List.of(evidence)),
                    evidence.operation().toString());
        });
    }

    /** Newest first, of one cluster or (null) of all that the caller may see. */
    Page<Backup> list(Caller caller, String cluster, Page.Request page) {
        var rows = store.query(
                COLUMNS + " where " + VISIBLE
                        + " and ($2::text is null or b.cluster = $2) and ($3::uuid is null or b.id < $3) order by b.id desc limit $4",
                json.store(caller.selectors(Permission.BACKUP_READ)),
                cluster,
                after(page),
                page.limit());
        return page.of(rows, row -> stored(row).backup(), row -> row.uuid("id").toString());
    }

    private static UUID after(Page.Request page) {
        return page.after() == null ? null : Ids.parse("pageToken", page.after());
    }

    private Backup.LastDrill lastDrill(String report) {
        if (report == null) {
            return null;
        }
        var drill = json.load(report, Drill.class);
        return new Backup.LastDrill(
                drill.id(), drill.passed(), drill.recoverySeconds(), drill.dataAgeSeconds(), drill.endTime());
    }

    private Stored stored(Row row) {
        var manifest = json.load(row.text("manifest"), Manifest.class);
        var physical = manifest.physical();
        var backup = new Backup(
                row.uuid("id"),
                row.text("cluster"),
                row.text("repository"),
                row.constant(Backup.Type.class, "type"),
                manifest.engine(),
                row.constant(Confidence.class, "confidence"),
                json.load(row.text("evidence"), EVIDENCE),
                manifest.databases().stream().map(Manifest.DumpedDatabase::name).toList(),
                manifest.schemaOnly(),
                manifest.globals(),
                row.number("size_bytes"),
                manifest.source(),
                manifest.serverVersion(),
                manifest.lsn().toString(),
                physical == null ? null : physical.stopLsn().toString(),
                physical == null ? null : physical.timeline(),
                manifest.set() == null ? null : manifest.set().label(),
                manifest.set() == null ? null : manifest.set().backupType(),
                row.uuids("needs"),
                manifest.keyId(),
                row.time("started_at"),
                row.time("ended_at"),
                json.load(row.text("hold"), BackupHold.class),
                lastDrill(row.text("drill")));
        return new Stored(backup, json.load(row.text("labels"), LABELS), manifest, Set.copyOf(row.uuids("needs")));
    }
}
