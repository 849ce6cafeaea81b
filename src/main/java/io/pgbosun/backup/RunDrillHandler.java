package io.pgbosun.backup;

import io.pgbosun.backup.BackupStore.Stored;
import io.pgbosun.backup.Drill.AssertionResult;
import io.pgbosun.backup.Drill.CountedTable;
import io.pgbosun.backup.Drill.DatabaseSize;
import io.pgbosun.backup.Drill.DrillContent;
import io.pgbosun.backup.Drill.DrillFinding;
import io.pgbosun.backup.RunDrill.RunDrillResult;
import io.pgbosun.cluster.ScratchCopy;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Server;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

@Singleton
class RunDrillHandler implements OperationHandler<RunDrill, RunDrillResult> {
    private final BackupStore backups;
    private final DrillStore drills;
    private final DrillPlaces places;
    private final DrillRestore restore;
    private final PgPrograms programs;
    private final Clock clock;

    RunDrillHandler(
            BackupStore backups,
            DrillStore drills,
            DrillPlaces places,
            DrillRestore restore,
            PgPrograms programs,
            Clock clock) {
        this.backups = backups;
        this.drills = drills;
        this.places = places;
        this.restore = restore;
        this.programs = programs;
        this.clock = clock;
    }

    /** When it first answered, and how new what it holds is. */
    record FirstAnswer(Instant time, Instant dataTime) {}

    /** All that was found in what was restored; no content in a preview. */
    private record Found(FirstAnswer answered, List<AssertionResult> results, DrillContent content) {}

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
            var version = found.manifest().majorVersion();
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
        var place = steps.get("choose the backup and a place", ScratchCopy.class, () -> place(target, spec));
        var backup = backups.get(place.backup());
        var found = find(spec, steps, place, backup);
        restore.remove(steps, place);
        var comparison = compare(spec, steps, backup.backup(), found.content());
        var drill = steps.get(
                "sum up", Drill.class, () -> sumUp(steps.operation(), backup.backup(), place, found, comparison));
        steps.act("record the drill", () -> drills.put(drill, backup.backup().series()));
        refuseFailed(drill);
        steps.pointOfNoReturn(); // what follows is evidence, which is not taken back when its answer is lost
        var confidence = drill.assertions().isEmpty() ? Confidence.RESTORED : Confidence.ASSERTED;
        steps.act("raise the backup's confidence", () -> backups.prove(place.backup(), evidence(drill, confidence)));
        return new RunDrillResult(drill, confidence);
    }

    /** That a backup cannot be restored is what a drill is there to find out: it is recorded, unless somebody stopped it. */
    private Found find(RunDrill spec, Steps steps, ScratchCopy place, Stored stored) {
        try {
            return look(spec, steps, place, stored);
        } catch (Problem problem) {
            if (problem.type() != ProblemType.CANCELLED) {
                drills.putFailed(
                        failed(steps.operation(), stored.backup(), place, problem),
                        stored.backup().series());
            }
            throw problem;
        }
    }

    private Found look(RunDrill spec, Steps steps, ScratchCopy place, Stored stored) {
        var server = restore.run(steps, stored, place);
        var answered = steps.get(
                "ask it the first question",
                FirstAnswer.class,
                new FirstAnswer(place.startTime(), place.startTime()),
                () -> firstAnswer(server, stored.backup()));
        var results = new DrillAssertions(server, stored.manifest()).judge(steps, spec.assertions());
        var content = steps.get(
                "look at what is there",
                DrillContent.class,
                null,
                () -> content(server, stored.backup(), spec.assertions(), results));
        return new Found(answered, results, content);
    }

    private static DrillContent content(
            Server server, Backup backup, List<Assertion> assertions, List<AssertionResult> results) {
        var found = server.content();
        var tables = IntStream.range(0, assertions.size())
                .filter(i -> results.get(i).rows() != null)
                .mapToObj(i -> new CountedTable(
                        assertions.get(i).database(),
                        assertions.get(i).table(),
                        results.get(i).rows()))
                .toList();
        var withRoles = backup.globals() || backup.type() == Backup.Type.PHYSICAL;
        return new DrillContent(
                found.databases().stream()
                        .filter(database -> backup.databases().contains(database.name()))
                        .map(database -> new DatabaseSize(database.name(), database.sizeBytes()))
                        .toList(),
                tables,
                found.extensions().stream()
                        .filter(extension -> backup.databases().contains(extension.database()))
                        .toList(),
                found.roles().stream()
                        .filter(role -> withRoles && !role.equals(DrillRestore.SUPERUSER))
                        .toList());
    }

    private DrillComparison compare(RunDrill spec, Steps steps, Backup backup, DrillContent content) {
        if (!spec.compare()) {
            return DrillComparison.NONE;
        }
        return steps.get(
                "compare with the drill before",
                DrillComparison.class,
                () -> content == null
                        ? DrillComparison.NONE // a preview
                        : drills.before(steps.operation(), backup.cluster(), backup.series())
                                .map(before -> DrillComparison.of(before, content, spec.maxShrinkPercent()))
                                .orElse(DrillComparison.NONE));
    }

    private ScratchCopy place(Target target, RunDrill spec) {
        var stored = spec.backup() != null
                ? backups.get(spec.backup())
                : backups.newest(target.id())
                        .orElseThrow(() -> Problem.notPossible("There is no backup of cluster '" + target.id() + "'."));
        return places.choose(target.id(), stored);
    }

    private FirstAnswer firstAnswer(Server server, Backup backup) {
        server.value("postgres", "select 1");
        var newest = server.lastReplayedCommit().orElse(backup.startTime());
        return new FirstAnswer(clock.instant(), newest.isBefore(backup.startTime()) ? backup.startTime() : newest);
    }

    private Drill sumUp(UUID id, Backup backup, ScratchCopy place, Found found, DrillComparison comparison) {
        var passed = found.results().stream().allMatch(AssertionResult::passed)
                && comparison.findings().isEmpty();
        return new Drill(
                id,
                backup.cluster(),
                backup.id(),
                passed,
                found.results(),
                Duration.between(place.startTime(), found.answered().time()).toMillis() / 1000.0,
                Duration.between(found.answered().dataTime(), place.startTime()).toMillis() / 1000.0,
                place.startTime(),
                clock.instant(),
                null,
                found.content(),
                comparison.with(),
                comparison.findings());
    }

    private Drill failed(UUID id, Backup backup, ScratchCopy place, Problem why) {
        return new Drill(
                id,
                backup.cluster(),
                backup.id(),
                false,
                List.of(),
                0,
                0,
                place.startTime(),
                clock.instant(),
                why.detail(),
                null,
                null,
                List.of());
    }

    private static void refuseFailed(Drill drill) {
        if (drill.passed()) {
            return;
        }
        var said = new ArrayList<String>();
        var failed =
                drill.assertions().stream().filter(result -> !result.passed()).toList();
        if (!failed.isEmpty()) {
            said.add("%d of %d assertions failed; first: %s, but %s."
                    .formatted(
                            failed.size(),
                            drill.assertions().size(),
                            failed.getFirst().assertion(),
                            failed.getFirst().seen()));
        }
        if (!drill.findings().isEmpty()) {
            var found = drill.findings().stream().map(DrillFinding::detail).collect(Collectors.joining("; "));
            said.add(
                    "Compared with the drill before, %s: %s. If it is meant, run one with compare off; the next ones are compared with it."
                            .formatted(drill.comparedWith(), found));
        }
        throw Problem.of(
                ProblemType.ASSERTION_FAILED, String.join(" ", said), Map.of("assertions", drill.assertions()));
    }

    private Backup.Evidence evidence(Drill drill, Confidence level) {
        var detail = "restored in %.1f s; %d assertions held"
                .formatted(drill.recoverySeconds(), drill.assertions().size());
        return new Backup.Evidence(level, drill.endTime(), drill.id(), detail);
    }
}
