package io.pgbosun.backup;

import io.pgbosun.backup.BackupStore.Stored;
import io.pgbosun.backup.Drill.AssertionResult;
import io.pgbosun.backup.RunDrill.RunDrillResult;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Scratch;
import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Progress;
import io.pgbosun.host.RecoveryTarget;
import io.pgbosun.host.RestoreRequest;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.host.TableName;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import io.pgbosun.token.Tokens;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

@Singleton
class RunDrillHandler implements OperationHandler<RunDrill, RunDrillResult> {
    private static final String SUPERUSER = "pgbosun_scratch";

    private final BackupStore backups;
    private final Repositories repositories;
    private final StoredBackup storedBackup;
    private final ClusterStore clusters;
    private final RecoveryPoints points;
    private final PhysicalRestore physicalRestore;
    private final PgPrograms programs;
    private final Servers servers;
    private final Scratch scratch;
    private final Clock clock;

    RunDrillHandler(
            BackupStore backups,
            Repositories repositories,
            StoredBackup storedBackup,
            ClusterStore clusters,
            RecoveryPoints points,
            PhysicalRestore physicalRestore,
            PgPrograms programs,
            Servers servers,
            Scratch scratch,
            Clock clock) {
        this.backups = backups;
        this.repositories = repositories;
        this.storedBackup = storedBackup;
        this.clusters = clusters;
        this.points = points;
        this.physicalRestore = physicalRestore;
        this.programs = programs;
        this.servers = servers;
        this.scratch = scratch;
        this.clock = clock;
    }

    /**
     * Which backup is restored to where; decided once.
     *
     * @param username of a superuser there
     * @param restoreCommand reads archived WAL for a physical backup, or null
     */
    record Place(
            UUID backup,
            String directory,
            int port,
            String username,
            Secret password,
            String restoreCommand,
            RecoveryTarget target,
            Instant startTime) {
        Endpoint endpoint() {
            return new Endpoint("127.0.0.1", port, username, password, "disable");
        }
    }

    /** When it first answered, and how new what it holds is. */
    record FirstAnswer(Instant time, Instant dataTime) {}

    @Override
    public void check(Target target, RunDrill spec, Checks checks) {
        var stored = spec.backup() == null ? backups.newest(target.id()) : backups.find(spec.backup());
        checks.need(
                "the backup is there",
                stored.filter(found -> found.backup().cluster().equals(target.id()))
                        .isPresent(),
                spec.backup() == null ? "no backup" : spec.backup(),
                "a backup of this cluster",
                "List them with GET /v1/clusters/" + target.id() + "/backups.");
        stored.ifPresent(found -> {
            var version = found.manifest().serverVersionNumber() / 10_000;
            var physical = found.manifest().physical() != null;
            checks.need(
                    physical ? "PostgreSQL is of the backup's version" : "PostgreSQL is new enough",
                    physical ? programs.majorVersion() == version : programs.majorVersion() >= version,
                    programs.majorVersion(),
                    physical ? String.valueOf(version) : version + " or newer",
                    "Install postgresql-" + version + ".");
            checks.needsDisk(found.backup().sizeBytes());
            checks.restsOn("backup", found.backup().id());
            var missing = spec.assertions().stream()
                    .map(Assertion::database)
                    .filter(database -> !found.backup().databases().contains(database))
                    .toList();
            checks.need(
                    "asserted databases are in it",
                    missing.isEmpty(),
                    missing,
                    "only databases of the backup",
                    "Assert on " + found.backup().databases() + ".");
        });
    }

    @Override
    public RunDrillResult run(Target target, RunDrill spec, Steps steps) {
        var place = steps.get("choose the backup and a place", Place.class, () -> place(target, spec));
        var stored = backups.get(place.backup());
        var manifest = stored.manifest();
        var server = servers.at(place.endpoint());
        if (manifest.physical() == null) {
            load(stored, place, steps);
        } else {
            recover(stored, place, server, steps);
        }
        var answered = steps.get(
                "ask it the first question",
                FirstAnswer.class,
                new FirstAnswer(place.startTime(), place.startTime()),
                () -> firstAnswer(server, stored.backup()));
        var results = new ArrayList<AssertionResult>();
        for (var assertion : spec.assertions()) {
            results.add(steps.get(
                    "assert %d: %s".formatted(results.size() + 1, assertion.sentence()),
                    AssertionResult.class,
                    new AssertionResult(assertion.sentence(), true, "not asked yet"),
                    () -> judge(assertion, server, manifest)));
        }
        removeScratch(steps, place);
        var drill = steps.get(
                "sum up", Drill.class, () -> sumUp(steps.operation(), stored.backup(), place, answered, results));
        steps.ensure("record the drill", () -> backups.drillExists(drill.id()), () -> backups.insertDrill(drill));
        refuseFailed(drill);
        steps.pointOfNoReturn(); // what follows is evidence, which is not taken back when its answer is lost
        var confidence = results.isEmpty() ? Confidence.RESTORED : Confidence.ASSERTED;
        steps.act("raise the backup's confidence", () -> backups.prove(place.backup(), evidence(drill, confidence)));
        return new RunDrillResult(drill, confidence);
    }

    /** A logical backup into a new server. */
    private void load(Stored stored, Place place, Steps steps) {
        var manifest = stored.manifest();
        var files = repositories.files(stored.backup().repository());
        steps.act("read the backup's files", () -> storedBackup.verify(files, manifest));
        startScratch(steps, place);
        if (manifest.globals()) {
            steps.act(
                    "restore roles and tablespaces",
                    () -> storedBackup.reading(files, manifest, Manifest.GLOBALS, globals -> {
                        programs.restoreGlobals(globals, place.endpoint());
                        return null;
                    }));
        }
        for (var database : manifest.databases()) {
            steps.act("restore " + database.name(), () -> restore(manifest, files, database, place.endpoint(), steps));
        }
    }

    /** A physical backup, with all the WAL that is archived since. */
    private void recover(Stored stored, Place place, Server server, Steps steps) {
        physicalRestore.run(
                steps,
                new PhysicalRestore.Wanted(
                        stored,
                        Path.of(place.directory()),
                        PhysicalRestore.scratch(place.port()),
                        place.username(),
                        server,
                        place.restoreCommand(),
                        place.target()));
    }

    private Place place(Target target, RunDrill spec) {
        var stored = spec.backup() != null
                ? backups.get(spec.backup())
                : backups.newest(target.id())
                        .orElseThrow(() -> Problem.notPossible("There is no backup of cluster '" + target.id() + "'."));
        var backup = stored.backup().id();
        var directory = scratch.root().resolve(UUID.randomUUID().toString()).toString();
        var port = programs.freePort();
        if (stored.manifest().physical() == null) {
            var password = Secret.of(Tokens.randomText());
            return new Place(backup, directory, port, SUPERUSER, password, null, null, clock.instant());
        }
        var login = clusters.get(target.id());
        var choice = points.latest(target.id(), backup);
        return new Place(
                backup,
                directory,
                port,
                login.username(),
                login.password(),
                choice.restoreCommand(),
                choice.target(),
                clock.instant());
    }

    private void startScratch(Steps steps, Place place) {
        var directory = Path.of(place.directory());
        steps.ensure(
                "initialise a scratch instance",
                () -> programs.initialized(directory),
                () -> programs.initdb(directory, SUPERUSER, place.password()),
                () -> programs.remove(directory));
        steps.act("configure it apart from all others", () -> programs.configure(directory, settings(place)));
        steps.ensure(
                "start it",
                () -> programs.ready(directory),
                () -> programs.start(directory),
                () -> programs.stop(directory));
    }

    /** No archiving, no standbys, no sync: it is thrown away. */
    private static Map<String, String> settings(Place place) {
        return Map.of(
                "listen_addresses", "127.0.0.1",
                "port", String.valueOf(place.port()),
                "unix_socket_directories", "",
                "archive_mode", "off",
                "wal_level", "minimal",
                "max_wal_senders", "0",
                "fsync", "off",
                "autovacuum", "off",
                "cluster_name", "pgbosun-drill");
    }

    private void restore(
            Manifest manifest, BackupFiles files, Manifest.DumpedDatabase database, Endpoint to, Steps steps) {
        steps.progress(Progress.phase("restoring " + database.name()));
        var server = servers.at(to);
        server.dropDatabase(database.name()); // what a run that died has left
        server.createDatabase(database.name(), null);
        var request = new RestoreRequest(to, database.name(), List.of(), 2, manifest.globals());
        storedBackup
                .reading(files, manifest, database.path(), dump -> programs.restore(dump, request))
                .forEach(steps::warn);
    }

    private FirstAnswer firstAnswer(Server server, Backup backup) {
        server.value("postgres", "select 1");
        var newest = server.lastReplayedCommit().orElse(backup.startTime());
        return new FirstAnswer(clock.instant(), newest.isBefore(backup.startTime()) ? backup.startTime() : newest);
    }

    private AssertionResult judge(Assertion assertion, Server server, Manifest manifest) {
        var sentence = assertion.sentence();
        try {
            return switch (assertion.type()) {
                case ROW_COUNT -> {
                    var rows = server.countRows(assertion.database(), TableName.parse(assertion.table()));
                    yield new AssertionResult(sentence, rows >= assertion.atLeast(), rows + " rows");
                }
                case FRESHNESS -> fresh(assertion, server, manifest);
                case AMCHECK -> {
                    var wrong = server.amcheck(assertion.database());
                    yield new AssertionResult(
                            sentence, wrong.isEmpty(), wrong.isEmpty() ? "nothing wrong" : String.join("; ", wrong));
                }
                case SQL -> {
                    var wanted = assertion.expected() == null ? "t" : assertion.expected();
                    var seen = server.value(assertion.database(), assertion.query());
                    yield new AssertionResult(
                            sentence, seen.filter(wanted::equals).isPresent(), seen.orElse("no row"));
                }
            };
        } catch (Problem problem) {
            if (problem.type() == ProblemType.PROGRAM_FAILED) {
                return new AssertionResult(sentence, false, problem.detail());
            }
            throw problem;
        }
    }

    /** Measured against the time of the backup: a backup does not grow stale by waiting for its drill. */
    private static AssertionResult fresh(Assertion assertion, Server server, Manifest manifest) {
        var newest = server.newest(assertion.database(), TableName.parse(assertion.table()), assertion.column());
        var age = newest.map(at -> Duration.between(at, manifest.startTime()).toSeconds());
        return new AssertionResult(
                assertion.sentence(),
                age.filter(seconds -> seconds <= assertion.maxAgeSeconds()).isPresent(),
                age.map(seconds -> seconds + " s old when the backup began").orElse("no value"));
    }

    private void removeScratch(Steps steps, Place place) {
        var directory = Path.of(place.directory());
        steps.ensure("stop the scratch instance", () -> !programs.running(directory), () -> programs.stop(directory));
        steps.ensure(
                "remove the scratch instance", () -> !programs.exists(directory), () -> programs.remove(directory));
    }

    private Drill sumUp(UUID id, Backup backup, Place place, FirstAnswer answered, List<AssertionResult> results) {
        return new Drill(
                id,
                backup.cluster(),
                backup.id(),
                results.stream().allMatch(AssertionResult::passed),
                results,
                Duration.between(place.startTime(), answered.time()).toMillis() / 1000.0,
                Duration.between(answered.dataTime(), place.startTime()).toMillis() / 1000.0,
                place.startTime(),
                clock.instant());
    }

    private static void refuseFailed(Drill drill) {
        if (!drill.passed()) {
            var failed = drill.assertions().stream()
                    .filter(result -> !result.passed())
                    .toList();
            throw Problem.of(
                    ProblemType.ASSERTION_FAILED,
                    "%d of %d assertions failed; first: %s, but %s."
                            .formatted(
                                    failed.size(),
                                    drill.assertions().size(),
                                    failed.getFirst().assertion(),
                                    failed.getFirst().seen()),
                    Map.of("assertions", drill.assertions()));
        }
    }

    private Backup.Evidence evidence(Drill drill, Confidence level) {
        var detail = "restored in %.1f s; %d assertions held"
                .formatted(drill.recoverySeconds(), drill.assertions().size());
        return new Backup.Evidence(level, drill.endTime(), drill.id(), detail);
    }
}
