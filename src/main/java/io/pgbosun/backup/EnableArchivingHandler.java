package io.pgbosun.backup;

import io.pgbosun.backup.ArchivingRunbook.Before;
import io.pgbosun.backup.ArchivingRunbook.Old;
import io.pgbosun.backup.EnableArchiving.EnableArchivingResult;
import io.pgbosun.backup.WalArchiveStore.Archiving;
import io.pgbosun.backup.WalArchiveStore.Source;
import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.host.ArchiveMethod;
import io.pgbosun.host.ServerCommand;
import io.pgbosun.host.WalArchive;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

@Singleton
class EnableArchivingHandler implements OperationHandler<EnableArchiving, EnableArchivingResult> {
    private static final Duration FIRST_WITHIN = Duration.ofMinutes(2);

    private final ArchivingRunbook runbook;
    private final Repositories repositories;
    private final WalArchiveStore archives;
    private final Stanzas stanzas;
    private final WalFetch fetch;
    private final Clock clock;

    EnableArchivingHandler(
            ArchivingRunbook runbook,
            Repositories repositories,
            WalArchiveStore archives,
            Stanzas stanzas,
            WalFetch fetch,
            Clock clock) {
        this.runbook = runbook;
        this.repositories = repositories;
        this.archives = archives;
        this.stanzas = stanzas;
        this.fetch = fetch;
        this.clock = clock;
    }

    @Override
    public void check(Target target, EnableArchiving spec, Checks checks) {
        var cluster = runbook.cluster(target.id());
        runbook.checkHosts(cluster, spec.method(), checks);
        var repository = repositories.find(spec.repository());
        checks.need(
                "repository is known",
                repository.isPresent(),
                spec.repository(),
                "a registered repository",
                "List them with GET /v1/repositories.");
        var type = repository.map(Repository::type).orElse(Repository.Type.FILESYSTEM);
        checks.need(
                "repository is a directory",
                type == Repository.Type.FILESYSTEM,
                type,
                "FILESYSTEM",
                "WAL cannot be archived into object storage yet: use a repository of type FILESYSTEM.");
        if (spec.method() == ArchiveMethod.PGBACKREST) {
            checkBackRest(repository, checks);
        }
        if (checks.blocking().isEmpty()) {
            checkServers(cluster, spec, checks);
        }
    }

    private void checkBackRest(Optional<Repository> repository, Checks checks) {
        stanzas.checkInstalled("use method SCRIPT", checks);
        var encrypted = repository.filter(Repository::encrypted).isPresent();
        checks.need(
                "repository is not encrypted by pgbosun",
                !encrypted,
                encrypted ? "encrypted" : "not encrypted",
                "a repository that is not",
                "What pgBackRest stores is not encrypted yet: use a repository that need not be.");
    }

    private void checkServers(ClusterRecord cluster, EnableArchiving spec, Checks checks) {
        var name = cluster.cluster().name();
        var before = runbook.look(cluster, archives.find(name).orElse(null), clock.instant());
        var off = off(before);
        checks.need(
                "archive_mode is on, or instances may be restarted",
                off.isEmpty() || spec.restart(),
                off.isEmpty() ? "on" : "off on " + String.join(", ", off),
                "on",
                "archive_mode changes with a restart alone: allow it with restart, at a time when sessions may be ended.");
        var origin = runbook.archive(spec.method(), name, spec.repository()).origin();
        checks.need(
                "no WAL of another cluster is there",
                origin.isEmpty()
                        || origin.get()
                                .systemIdentifier()
                                .equals(cluster.cluster().systemIdentifier()),
                origin.map(WalArchive.Origin::systemIdentifier).orElse("none"),
                "system identifier " + cluster.cluster().systemIdentifier(),
                "Move away what is in "
                        + runbook.archive(spec.method(), name, spec.repository())
                                .directory()
                        + ", or archive into another repository.");
        var elsewhere = before.instances().stream()
                .filter(Old::archivesSomewhere)
                .filter(old -> !isOurs(cluster, old.command(), before.archiving(), spec))
                .toList();
        checks.need(
                "WAL is archived nowhere else",
                elsewhere.isEmpty(),
                elsewhere.stream()
                        .map(old -> old.instance() + ": " + old.command())
                        .collect(Collectors.joining("; ")),
                "no archive_command of its own",
                "What it archives to would get no more WAL. When that is what you want, end it there yourself, on each of these instances: ALTER SYSTEM SET archive_command = '"
                        + ServerCommand.NOTHING + "'; SELECT pg_reload_conf().");
        if (!off.isEmpty()) {
            checks.takesLock("restarts " + String.join(", ", off) + ": their sessions are ended");
        }
        checks.restsOn("instances", before.instances());
    }

    /** Whether it is the command of the archive that the cluster has, or is to have: on a standby it may be that of its primary. */
    private boolean isOurs(ClusterRecord cluster, String command, Archiving known, EnableArchiving spec) {
        return isOf(cluster, command, spec.method(), spec.repository())
                || known != null && isOf(cluster, command, known.method(), known.repository());
    }

    private boolean isOf(ClusterRecord cluster, String command, ArchiveMethod method, String repository) {
        var name = cluster.cluster().name();
        return switch (method) {
            case SCRIPT -> {
                var directory = runbook.archive(method, name, repository).directory();
                yield cluster.instances().stream()
                        .anyMatch(
                                instance -> runbook.command(instance, directory).equals(command));
            }
            case PGBACKREST -> stanzas.of(repository, name).isArchiveCommand(command);
        };
    }

    private static List<String> off(Before before) {
        return before.instances().stream()
                .filter(instance -> !instance.archives())
                .map(Old::instance)
                .toList();
    }

    @Override
    public EnableArchivingResult run(Target target, EnableArchiving spec, Steps steps) {
        var cluster = runbook.cluster(target.id());
        var archive = runbook.archive(spec.method(), target.id(), spec.repository());
        var before = steps.get(
                "read how it archives now",
                Before.class,
                () -> runbook.look(cluster, archives.find(target.id()).orElse(null), clock.instant()));
        switch (spec.method()) {
            case SCRIPT -> {
                steps.ensure("make the archive's directory", archive::exists, archive::make, archive::removeEmpty);
                before.instances().forEach(old -> writeScript(steps, cluster, old));
            }
            case PGBACKREST -> {
                var stanza = stanzas.of(spec.repository(), target.id());
                var data = ArchivingRunbook.instance(cluster, before.primary()).directory();
                steps.ensure(
                        "create the stanza",
                        stanza::hasStanza,
                        () -> stanza.createStanza(data),
                        stanza::removeEmptyStanza);
            }
        }
        for (var old : before.instances()) {
            runbook.set(steps, cluster, old, settings(cluster, old, archive, spec));
        }
        before.instances().stream().filter(old -> !old.archives()).forEach(old -> runbook.restart(steps, cluster, old));
        var first = firstSegment(steps, cluster, before, archive, spec);
        if (spec.method() == ArchiveMethod.PGBACKREST) {
            var primary = ArchivingRunbook.instance(cluster, before.primary());
            steps.act(
                    "check the stanza",
                    () -> stanzas.of(spec.repository(), target.id())
                            .check(cluster.endpoint(primary), primary.directory()));
        }
        var now = archiving(before, spec);
        steps.ensure(
                "record the archive",
                () -> archives.find(target.id()).filter(now::equals).isPresent(),
                () -> archives.put(target.id(), now),
                () -> archives.put(target.id(), before.archiving()));
        return new EnableArchivingResult(
                target.id(), spec.repository(), archive.directory().toString(), first, off(before));
    }

    /** A script that was there before is of use to the settings that were there before. */
    private void writeScript(Steps steps, ClusterRecord cluster, Old old) {
        var instance = ArchivingRunbook.instance(cluster, old.instance());
        var programs = runbook.programs(instance);
        var data = instance.directory();
        var used = old.altered()
                .getOrDefault(ArchivingRunbook.COMMAND, "")
                .contains(String.valueOf(programs.archiveScript(data).getFileName()));
        steps.ensure(
                "write the archiving script of " + old.instance(),
                () -> programs.hasArchiveScript(data),
                () -> programs.writeArchiveScript(data),
                () -> {
                    if (!used) {
                        programs.removeArchiveScript(data);
                    }
                });
    }

    private Map<String, String> settings(ClusterRecord cluster, Old old, WalArchive archive, EnableArchiving spec) {
        var instance = ArchivingRunbook.instance(cluster, old.instance());
        var settings = new LinkedHashMap<String, String>();
        if (!old.archives()) {
            settings.put(ArchivingRunbook.MODE, "on");
        }
        settings.put(
                ArchivingRunbook.COMMAND,
                switch (spec.method()) {
                    case SCRIPT -> runbook.command(instance, archive.directory());
                    case PGBACKREST ->
                        stanzas.of(spec.repository(), cluster.cluster().name()).archiveCommand();
                });
        settings.put(ArchivingRunbook.TIMEOUT, String.valueOf(spec.timeoutSeconds()));
        return settings;
    }

    private String firstSegment(
            Steps steps, ClusterRecord cluster, Before before, WalArchive archive, EnableArchiving spec) {
        var instance = ArchivingRunbook.instance(cluster, before.primary());
        var primary = runbook.server(cluster, instance);
        var segment = steps.act("end the current segment of the WAL", String.class, "", primary::switchWal);
        steps.await("its first segment has arrived", FIRST_WITHIN, () -> {
            if (runbook.isElsewhere(instance)) {
                fetch.fetch(source(cluster, instance, spec));
            }
            if (archive.has(segment)) {
                return true;
            }
            var archiver = primary.archiver();
            if (archiver.failing() && archiver.failedCount() > before.failures()) {
                throw Problem.of(
                        ProblemType.PROGRAM_FAILED,
                        "archive_command of %s failed for %s; the server's log says why, and whether %s can be written to."
                                .formatted(before.primary(), archiver.lastFailedWal(), archive.directory()));
            }
            return false;
        });
        return segment;
    }

    private static Source source(ClusterRecord record, InstanceRecord instance, EnableArchiving spec) {
        var cluster = record.cluster();
        return new Source(cluster.name(), cluster.systemIdentifier(), spec.repository(), instance);
    }

    /** What was archived there before can still be recovered from. */
    private static Archiving archiving(Before before, EnableArchiving spec) {
        var old = before.archiving();
        var same = old != null && old.repository().equals(spec.repository()) && old.method() == spec.method();
        var since = same ? old.since() : before.time();
        return new Archiving(spec.method(), spec.repository(), since, null);
    }
}
