package io.pgbosun.backup;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.backup.BackupStore.Stored;
import io.pgbosun.backup.Recover.RecoverResult;
import io.pgbosun.backup.RecoveryPoints.Choice;
import io.pgbosun.backup.RecoveryPoints.Looked;
import io.pgbosun.backup.RecoveryPoints.Switched;
import io.pgbosun.cluster.Cluster;
import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.cluster.Placement;
import io.pgbosun.host.Admitted;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.HostPrograms;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.Progress;
import io.pgbosun.host.RecoveryTarget;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.host.WalCopy;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.secret.Secret;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

@Singleton
class RecoverHandler implements OperationHandler<Recover, RecoverResult> {
    private static final Duration ARCHIVED_WITHIN = Duration.ofMinutes(5);

    private final BackupStore backups;
    private final ClusterStore clusters;
    private final Placement placement;
    private final RecoveryPoints points;
    private final PhysicalRestore restore;
    private final PgHosts hosts;
    private final Servers servers;
    private final Clock clock;

    RecoverHandler(
            BackupStore backups,
            ClusterStore clusters,
            Placement placement,
            RecoveryPoints points,
            PhysicalRestore restore,
            PgHosts hosts,
            Servers servers,
            Clock clock) {
        this.backups = backups;
        this.clusters = clusters;
        this.placement = placement;
        this.points = points;
        this.restore = restore;
        this.hosts = hosts;
        this.servers = servers;
        this.clock = clock;
    }

    /** What is recovered to where, and who logs in there; decided once. */
    record Chosen(
            UUID backup,
            String restoreCommand,
            RecoveryTarget target,
            InstanceRecord instance,
            String username,
            Secret password) {
        Endpoint endpoint() {
            return new Endpoint(instance.address(), instance.port(), username, password, "prefer");
        }
    }

    /** Whoever recovers a cluster reads its backup. */
    @Override
    public void authorize(Caller caller, Recover spec) {
        var visible = backup(spec).filter(stored -> caller.may(Permission.BACKUP_READ, stored.labels()));
        if (visible.isEmpty()) {
            throw spec.backup() == null
                    ? Problem.notPossible("There is no physical backup of cluster '" + spec.source()
                            + "'; take one with engine PG_BASEBACKUP or PGBACKREST, or name another source.")
                    : Problem.notFound("backup", spec.backup().toString());
        }
    }

    /** Of the same server, whichever is taken in the end. */
    private Optional<Stored> backup(Recover spec) {
        return spec.backup() == null ? backups.newestPhysical(spec.source()) : backups.find(spec.backup());
    }

    @Override
    public void check(Target target, Recover spec, Checks checks) {
        var stored = backup(spec);
        checks.need(
                "the backup is a physical one of the source",
                stored.filter(found -> found.manifest().physical() != null
                                && found.backup().cluster().equals(spec.source()))
                        .isPresent(),
                stored.map(found ->
                                found.backup().type() + " of " + found.backup().cluster())
                        .orElse("none"),
                "PHYSICAL of " + spec.source(),
                "List them with GET /v1/clusters/" + spec.source() + "/backups.");
        var known = placement.hasHost(spec.host());
        var looked = points.look(spec);
        checks.need("host is known", known, spec.host(), "a registered host", "List them with GET /v1/hosts.");
        if (known && stored.isPresent()) {
            checkHost(spec.host(), stored.get(), looked, checks);
        }
        points.check(spec, looked, checks);
        checks.need(
                "a login is known",
                spec.password() != null || clusters.find(spec.source()).isPresent(),
                "no cluster " + spec.source(),
                "a registered cluster, or a password",
                "Give the username and password of a superuser of that time.");
    }

    /** With the backup that is recovered from, when the point can be reached. */
    private void checkHost(String host, Stored newest, Looked looked, Checks checks) {
        var stored = looked.choice().map(Choice::backup).map(backups::get).orElse(newest);
        var version = stored.manifest().majorVersion();
        var there = hosts.at(host).majorVersion();
        checks.need(
                "PostgreSQL is of the backup's version",
                there == version,
                there,
                String.valueOf(version),
                "Install postgresql-" + version + " on the host.");
        var byBackRest = stored.manifest().set() != null;
        checks.need(
                "the backup can be brought to the host",
                !byBackRest || hosts.isLocal(host),
                byBackRest ? "of PGBACKREST" : "of PG_BASEBACKUP",
                "of PG_BASEBACKUP, or a host with the driver LOCAL",
                "pgBackRest restores on the service's own host: recover there, and add a standby on this host (add-standby); then switchover.");
        var wal = byBackRest || hosts.isLocal(host) ? 0 : points.walBytes(looked);
        checks.needsDisk(stored.backup().sizeBytes() + wal);
        checks.restsOn("backup", stored.backup().id());
    }

    @Override
    public RecoverResult run(Target target, Recover spec, Steps steps) {
        var latest = archiveLatest(spec, steps);
        var chosen = steps.get("choose the backup and a place", Chosen.class, () -> choose(target, spec, latest));
        var stored = backups.get(chosen.backup());
        var server = servers.at(chosen.endpoint());
        var programs = hosts.of(chosen.instance());
        var directory = chosen.instance().directory();
        var wal = programs.walCopy(directory);
        var copiesWal = needsWalCopy(chosen);
        if (copiesWal) {
            steps.progress(Progress.phase("copying WAL"));
            steps.ensure("copy the WAL to " + spec.host(), wal::isThere, () -> copyWal(spec, chosen, wal), wal::remove);
        }
        restore.run(
                steps,
                new PhysicalRestore.Wanted(
                        programs,
                        stored,
                        directory,
                        PhysicalRestore.apart(
                                chosen.instance().address(),
                                chosen.instance().port(),
                                chosen.instance().name()),
                        admitted(chosen),
                        server,
                        copiesWal ? wal.restoreCommand() : chosen.restoreCommand(),
                        chosen.target()));
        var scripts = spec.scripts().iterator();
        for (var number = 1; scripts.hasNext(); number++) {
            var script = scripts.next();
            steps.act(
                    "run script %d in %s".formatted(number, script.database()),
                    () -> server.script(script.database(), script.sql()));
        }
        var result = steps.get(
                "see what was recovered",
                RecoverResult.class,
                new RecoverResult(
                        target.id(),
                        chosen.instance().name(),
                        chosen.instance().port(),
                        chosen.backup(),
                        0,
                        null,
                        null),
                () -> result(target, chosen, server));
        steps.act("open it to its users", () -> open(programs, chosen));
        if (copiesWal) {
            steps.act("remove the copy of the WAL", wal::remove);
        }
        steps.ensure(
                "record the cluster",
                () -> clusters.find(target.id()).isPresent(),
                () -> clusters.insert(record(target.id(), spec, chosen, server)),
                () -> clusters.delete(target.id()));
        return result;
    }

    /** What was committed a moment ago is not archived yet. */
    private Lsn archiveLatest(Recover spec, Steps steps) {
        var pending = steps.get("see what is archived", Boolean.class, () -> points.isPending(spec));
        if (!pending) {
            return null;
        }
        var switched = steps.act(
                "end the current WAL segment",
                Switched.class,
                new Switched("", new Lsn(0)),
                () -> points.switchWal(spec));
        steps.await("that segment is archived", ARCHIVED_WITHIN, () -> points.isArchived(spec, switched.segment()));
        return switched.before();
    }

    private Chosen choose(Target target, Recover spec, Lsn latest) {
        var choice = points.choose(spec, latest)
                .orElseThrow(() -> Problem.notPossible("The point cannot be reached from any physical backup of '"
                        + spec.source() + "'; see GET /v1/clusters/" + spec.source() + "/recoverability."));
        var login = clusters.find(spec.source());
        return new Chosen(
                choice.backup(),
                choice.restoreCommand(),
                choice.target(),
                placement.next(target.id(), spec.host(), spec.dataDirectory(), spec.port(), List.of()),
                spec.username() != null
                        ? spec.username()
                        : login.map(ClusterRecord::username).orElse("postgres"),
                spec.password() != null
                        ? spec.password()
                        : login.map(ClusterRecord::password).orElse(null));
    }

    /** A new setting of who may log in counts from the next start on. */
    private void open(HostPrograms programs, Chosen chosen) {
        var at = chosen.instance();
        programs.endRecovery(at.directory(), admitted(chosen));
        hosts.configure(at, PhysicalRestore.opened(at.address(), at.port(), at.name()));
        programs.stop(at.directory());
        programs.start(at.directory());
    }

    private Admitted admitted(Chosen chosen) {
        return new Admitted(chosen.username(), hosts.networks(chosen.instance().host()));
    }

    /** An archive is on the service's own host. */
    private boolean needsWalCopy(Chosen chosen) {
        return chosen.restoreCommand() != null
                && !hosts.isLocal(chosen.instance().host());
    }

    private void copyWal(Recover spec, Chosen chosen, WalCopy copy) {
        var archive = points.archive(spec.source());
        copy.make(archive, points.wal(archive, chosen.backup(), chosen.target()));
    }

    private static RecoverResult result(Target target, Chosen chosen, Server server) {
        var facts = server.facts();
        return new RecoverResult(
                target.id(),
                chosen.instance().name(),
                chosen.instance().port(),
                chosen.backup(),
                facts.timeline(),
                facts.writeLsn().toString(),
                server.lastReplayedCommit().orElse(null));
    }

    private ClusterRecord record(String name, Recover spec, Chosen chosen, Server server) {
        var cluster = new Cluster(
                name,
                Cluster.Driver.NATIVE,
                Cluster.Origin.PROVISIONED,
                spec.labels(),
                Cluster.ClusterPolicy.NONE,
                server.facts().systemIdentifier(),
                1,
                "1",
                clock.instant());
        return new ClusterRecord(cluster, chosen.username(), chosen.password(), "prefer", List.of(chosen.instance()));
    }
}
