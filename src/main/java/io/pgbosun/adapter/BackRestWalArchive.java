package io.pgbosun.adapter;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.pgbosun.host.PgBackRest;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Spool;
import io.pgbosun.host.WalArchive;
import io.pgbosun.host.WalCommit;
import io.pgbosun.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** WAL in a stanza of pgBackRest: {@code 15-1/0000000100000000/SEGMENT-SHA1.zst}, and what goes with it. */
final class BackRestWalArchive implements WalArchive {
    private static final Pattern STORED = Pattern.compile("([0-9A-F]{24}(?:[.]partial)?)-[0-9a-f]{40}([.](?:zst|gz))?"
            + "|([0-9A-F]{8}[.]history|[0-9A-F]{24}[.][0-9A-F]{8}[.]backup)");
    private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{24}");

    private final PgBackRest stanza;
    private final Path directory;
    private final PgPrograms programs;
    private final Spool spool;

    BackRestWalArchive(PgBackRest stanza, Path directory, PgPrograms programs, Spool spool) {
        this.stanza = stanza;
        this.directory = directory;
        this.programs = programs;
        this.spool = spool;
    }

    /** A file under its name of PostgreSQL. */
    private record Stored(String name, Path file) {}

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public boolean exists() {
        return stanza.hasStanza();
    }

    @Override
    public void make() {
        throw Problem.notPossible("A stanza is made for a data directory, by stanza-create.");
    }

    @Override
    public void removeEmpty() {
        stanza.removeEmptyStanza();
    }

    private List<Stored> stored() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        return FileTree.files(directory).stream()
                .flatMap(file -> name(file).map(name -> new Stored(name, file)).stream())
                .sorted(Comparator.comparing(Stored::name))
                .toList();
    }

    private static Optional<String> name(Path file) {
        var stored = STORED.matcher(file.getFileName().toString());
        return stored.matches()
                ? Optional.of(stored.group(1) == null ? stored.group(3) : stored.group(1))
                : Optional.empty();
    }

    /** A segment is stored whole or not at all. */
    @Override
    public List<WalFile> files() {
        var stored = stored();
        var segmentBytes = origin(stored).map(Origin::segmentBytes).orElse(0L);
        return stored.stream().flatMap(one -> file(one, segmentBytes)).toList();
    }

    /** Nothing when it was removed meanwhile. */
    private static Stream<WalFile> file(Stored stored, long segmentBytes) {
        return IoProblem.asking(stored.file(), "cannot be looked at", () -> {
            try {
                var size = Files.size(stored.file());
                Instant at = Files.getLastModifiedTime(stored.file()).toInstant();
                var isSegment = SEGMENT.matcher(stored.name()).matches();
                return Stream.of(new WalFile(stored.name(), size, isSegment ? segmentBytes : size, at));
            } catch (NoSuchFileException gone) {
                return Stream.empty();
            }
        });
    }

    @Override
    public void remove(List<String> names) {
        throw Problem.notPossible("pgBackRest expires the WAL of its archive by itself.");
    }

    private Optional<Stored> find(String name) {
        return stored().stream().filter(one -> one.name().equals(name)).findFirst();
    }

    @Override
    public boolean has(String name) {
        return find(name).isPresent();
    }

    private Path file(String name) {
        return find(name).orElseThrow(() -> Problem.notFound("WAL file", name)).file();
    }

    @Override
    public InputStream open(String name) {
        var file = file(name);
        return IoProblem.asking(file, "cannot be read", () -> open(file));
    }

    @Override
    public String store(String name, InputStream content) {
        throw Problem.notPossible("pgBackRest stores what it archives by itself.");
    }

    @Override
    public String read(String name) {
        var file = file(name);
        return IoProblem.asking(file, "cannot be read", () -> Files.readString(file));
    }

    @Override
    public Optional<Origin> origin() {
        return origin(stored());
    }

    private static Optional<Origin> origin(List<Stored> stored) {
        return stored.stream()
                .filter(one -> SEGMENT.matcher(one.name()).matches())
                .reduce((older, newer) -> newer)
                .map(newest -> IoProblem.asking(newest.file(), "cannot be read", () -> {
                    try (var wal = open(newest.file())) {
                        return FileWalArchive.origin(wal);
                    }
                }));
    }

    private static InputStream open(Path file) throws IOException {
        var bytes = Files.newInputStream(file);
        var name = file.getFileName().toString();
        if (name.endsWith(".zst")) {
            return new ZstdInputStreamNoFinalizer(bytes);
        }
        return name.endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
    }

    /** Read from copies, since pg_waldump reads neither these names nor what is compressed. */
    @Override
    public Optional<WalCommit> lastCommit(String firstSegment, String lastSegment) {
        var copies = spool.root().resolve("wal-" + UUID.randomUUID());
        try {
            FileTree.make(copies);
            stored().stream()
                    .filter(one -> SEGMENT.matcher(one.name()).matches())
                    .filter(one -> one.name().compareTo(firstSegment) >= 0)
                    .filter(one -> one.name().compareTo(lastSegment) <= 0)
                    .forEach(one -> copy(one, copies.resolve(one.name())));
            return programs.lastCommit(copies, firstSegment, lastSegment);
        } finally {
            FileTree.remove(copies);
        }
    }

    private static void copy(Stored stored, Path to) {
        IoProblem.doing(stored.file(), "cannot be read", () -> {
            try (var wal = open(stored.file())) {
                Files.copy(wal, to);
            }
        });
    }

    @Override
    public String restoreCommand() {
        return stanza.restoreCommand();
    }
}
