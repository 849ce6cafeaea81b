package io.pgbosun.backup;

import io.pgbosun.backup.RecoveryWindow.Window;
import io.pgbosun.backup.wal.Recoverability;
import io.pgbosun.backup.wal.Recoverability.Interval;
import io.pgbosun.backup.wal.WalSegment;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.RecoveryTarget;
import io.pgbosun.host.RecoveryTarget.Type;
import io.pgbosun.host.Server;
import io.pgbosun.host.WalArchive;
import io.pgbosun.host.WalArchive.WalFile;
import io.pgbosun.operation.Checks;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Finds the backup and the WAL by which a point in time is reached, or says what stands in the way. */
@Singleton
class RecoveryPoints {
    private static final RecoveryTarget ALL = new RecoveryTarget(Type.LATEST, null, true, null);
    private static final Comparator<Interval> NEWEST =
            Comparator.comparing(Interval::timeline).thenComparing(Interval::from);

    private final RecoveryWindow windows;
    private final BackupStore backups;
    private final Stanzas stanzas;
    private final ClusterStore clusters;
    private final Topology topology;

    RecoveryPoints(
            RecoveryWindow windows, BackupStore backups, Stanzas stanzas, ClusterStore clusters, Topology topology) {
        this.windows = windows;
        this.backups = backups;
        this.stanzas = stanzas;
        this.clusters = clusters;
        this.topology = topology;
    }

    /**
     * By what a point is reached.
     *
     * @param restoreCommand reads archived WAL; null when the backup alone is enough
     */
    record Choice(UUID backup, String restoreCommand, RecoveryTarget target) {}

    /**
     * A WAL segment that was ended so that it is archived.
     *
     * @param before a position in it that everything committed by then is before
     */
    record Switched(String segment, Lsn before) {}

    /**
     * What a recovery can rest on now.
     *
     * @param window empty when the WAL of the source was never archived
     * @param choice empty when the point cannot be reached
     */
    record Looked(Optional<Window> window, Optional<Choice> choice) {}

    Looked look(Recover spec) {
        var window = windows.of(spec.source());
        return new Looked(window, choose(spec, window, null));
    }

    /** Refuses a point that cannot be reached, naming those next to it. */
    void check(Recover spec, Looked looked, Checks checks) {
        var window = looked.window();
        var target = spec.target();
        if (needsArchive(target)) {
            checks.need(
                    "its WAL is archived",
                    window.isPresent(),
                    "it never was",
                    "archived WAL",
                    "Recover to 'immediate', and archive WAL from now on: POST /v1/clusters/" + spec.source()
                            + "/wal-archive.");
        }
        if (window.isPresent()) {
            checks.need(
                    "the point can be reached",
                    looked.choice().isPresent(),
                    seen(spec, window.get().recoverability()),
                    "a moment that recoverability lists",
                    "See GET /v1/clusters/" + spec.source() + "/recoverability.");
        }
    }

    private static boolean needsArchive(RecoveryTarget target) {
        return target.type() != Type.IMMEDIATE && target.type() != Type.LATEST;
    }

    private static String seen(Recover spec, Recoverability recoverability) {
        if (recoverability.reaches().isEmpty()) {
            return "no physical backup with archived WAL";
        }
        if (spec.target().type() == Type.TIME) {
            var reach = recoverability.at(spec.to().time());
            return "nearest before: %s, nearest after: %s"
                    .formatted(told(reach.nearestBefore()), told(reach.nearestAfter()));
        }
        var newest = recoverability.reaches().stream().max(NEWEST).orElseThrow();
        return "WAL from %s up to %s".formatted(newest.fromLsn(), newest.toLsn());
    }

    private static String told(Instant moment) {
        return moment == null ? "none" : moment.toString();
    }

    /** Whether the point is so recent that its WAL is not archived, but can be: the primary answers and archives. */
    boolean isPending(Recover spec) {
        return isPending(spec, windows.of(spec.source()));
    }

    private boolean isPending(Recover spec, Optional<Window> there) {
        var type = spec.target().type();
        if (type != Type.TIME && type != Type.LATEST) {
            return false;
        }
        return there.filter(Window::growing)
                .filter(window -> type == Type.LATEST
                        || window.recoverability().isAfterAll(spec.to().time()))
                .flatMap(window -> archivingPrimary(spec.source()))
                .filter(primary -> type == Type.LATEST || !spec.to().time().isAfter(primary.now()))
                .isPresent();
    }

    private Optional<Server> archivingPrimary(String cluster) {
        var record = clusters.find(cluster);
        try {
            return record.map(topology::primary)
                    .filter(primary -> !primary.archiver().failing());
        } catch (Problem problem) {
            if (problem.type() == ProblemType.CANCELLED) {
                throw problem;
            }
            return Optional.empty(); // what is archived must do
        }
    }

    /** Has all that is committed by now archived soon. */
    Switched switchWal(Recover spec) {
        var primary = topology.primary(clusters.get(spec.source()));
        var before = primary.archiver().writeLsn();
        return new Switched(primary.switchWal(), before);
    }

    boolean isArchived(Recover spec, String segment) {
        return windows.of(spec.source())
                .filter(window -> window.archive().has(segment))
                .isPresent();
    }

    /**
     * Empty when the point cannot be reached.
     *
     * @param latest the position that everything up to now is before, when its WAL was just archived; or null
     */
    Optional<Choice> choose(Recover spec, Lsn latest) {
        return choose(spec, windows.of(spec.source()), latest);
    }

    private Optional<Choice> choose(Recover spec, Optional<Window> there, Lsn latest) {
        var window = there.filter(found -> hasReach(spec, found));
        return switch (spec.target().type()) {
            case IMMEDIATE -> alone(spec);
            case LATEST ->
                window.map(found -> newest(spec, found, reach -> true)).orElseGet(() -> alone(spec));
            case TIME -> window.flatMap(found -> atTime(spec, found, latest));
            case LSN ->
                window.flatMap(found ->
                        newest(spec, found, reach -> holds(reach, spec.to().lsn())));
            case XID, NAME -> window.flatMap(found -> oldest(spec, found));
        };
    }

    /** From one backup as far as WAL is archived; with the WAL that is in it when none is. */
    Choice latest(String cluster, UUID backup) {
        return windows.of(cluster)
                .flatMap(window -> window.recoverability().reaches().stream()
                        .filter(reach -> reach.backup().equals(backup))
                        .max(NEWEST)
                        .map(reach -> choice(window, reach, ALL)))
                .orElseGet(() -> new Choice(backup, ownWal(backups.get(backup)), ALL));
    }

    /** Where the WAL of a cluster is archived. */
    WalArchive archive(String source) {
        return windows.of(source)
                .orElseThrow(() -> Problem.notPossible("The WAL of '" + source + "' is not archived any more."))
                .archive();
    }

    /** Of archived WAL what a recovery reads, for a host that the archive is not on. */
    List<WalFile> wal(WalArchive archive, UUID backup, RecoveryTarget target) {
        var segmentBytes = archive.origin()
                .orElseThrow(() -> Problem.notPossible("There is no WAL in " + archive.directory() + "."))
                .segmentBytes();
        var files = archive.files();
        var base = backups.get(backup).manifest().physical();
        var newest = target.timeline() == null ? Integer.MAX_VALUE : target.timeline();
        var first = WalSegment.numberOf(base.startLsn(), segmentBytes);
        var last = target.type() == Type.LSN
                ? WalSegment.numberOf(Lsn.parse(target.value()), segmentBytes)
                : Long.MAX_VALUE;
        var histories = files.stream().filter(file -> file.name().endsWith(RecoveryWindow.HISTORY));
        var segments = files.stream()
                .filter(file -> WalSegment.parse(file.name(), segmentBytes)
                        .filter(segment -> segment.timeline() >= base.timeline() && segment.timeline() <= newest)
                        .filter(segment -> segment.number() >= first && segment.number() <= last)
                        .isPresent());
        return Stream.concat(histories, segments)
                .filter(file -> file.walBytes() > 0) // one that is damaged is none
                .toList();
    }

    /** How large that is, in bytes. */
    long walBytes(Looked looked) {
        return looked.choice()
                .filter(choice -> choice.restoreCommand() != null)
                .map(choice -> wal(looked.window().orElseThrow().archive(), choice.backup(), choice.target()).stream()
                        .mapToLong(WalFile::walBytes)
                        .sum())
                .orElse(0L);
    }

    private static boolean hasReach(Recover spec, Window window) {
        return reaches(spec, window).stream().findAny().isPresent();
    }

    private static List<Interval> reaches(Recover spec, Window window) {
        var timeline = spec.target().timeline();
        return window.recoverability().reaches().stream()
                .filter(reach -> spec.backup() == null || spec.backup().equals(reach.backup()))
                .filter(reach -> timeline == null || timeline == reach.timeline())
                .toList();
    }

    /** With the WAL that is in the backup. */
    private Optional<Choice> alone(Recover spec) {
        var backup = spec.backup() == null ? backups.newestPhysical(spec.source()) : backups.find(spec.backup());
        return backup.map(found -> new Choice(found.backup().id(), ownWal(found), spec.target()));
    }

    /** The WAL of a backup of pgBackRest is in its stanza; null for one that has it in itself. */
    private String ownWal(BackupStore.Stored stored) {
        return stored.manifest().set() == null ? null : stanzas.of(stored).restoreCommand();
    }

    private static Optional<Choice> newest(Recover spec, Window window, Predicate<Interval> fits) {
        return reaches(spec, window).stream()
                .filter(fits)
                .max(NEWEST)
                .map(reach -> choice(window, reach, spec.target()));
    }

    /** Nobody knows where it is: recovery from the oldest backup passes everything. */
    private static Optional<Choice> oldest(Recover spec, Window window) {
        var all = reaches(spec, window);
        var timeline = all.stream().mapToInt(Interval::timeline).max();
        return all.stream()
                .filter(reach -> reach.timeline() == timeline.orElseThrow())
                .min(Comparator.comparing(Interval::from))
                .map(reach -> choice(window, reach, spec.target()));
    }

    private static Choice choice(Window window, Interval reach, RecoveryTarget target) {
        return new Choice(
                reach.backup(),
                window.archive().restoreCommand(),
                new RecoveryTarget(target.type(), target.value(), target.inclusive(), reach.timeline()));
    }

    /** After the last commit everything is as it is there; recovery by time would not find a commit to stop at. */
    private Optional<Choice> atTime(Recover spec, Window window, Lsn latest) {
        var time = spec.to().time();
        var within = newest(spec, window, reach -> reach.holds(time) && time.isBefore(reach.to()));
        if (within.isPresent()) {
            return within;
        }
        if (latest != null) {
            return reaches(spec, window).stream()
                    .max(NEWEST)
                    .map(reach -> choice(
                            window, reach, new RecoveryTarget(Type.LSN, latest.toString(), true, reach.timeline())));
        }
        return reaches(spec, window).stream()
                .filter(reach -> reach.holds(time) || isPending(spec, Optional.of(window)))
                .max(NEWEST)
                .map(reach -> choice(window, reach, ALL));
    }

    private static boolean holds(Interval reach, String lsn) {
        var wanted = Lsn.parse(lsn);
        return Lsn.parse(reach.fromLsn()).compareTo(wanted) <= 0 && wanted.compareTo(Lsn.parse(reach.toLsn())) < 0;
    }
}
