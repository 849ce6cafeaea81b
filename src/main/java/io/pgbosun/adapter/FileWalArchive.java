package io.pgbosun.adapter;

import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.ServerCommand;
import io.pgbosun.host.WalArchive;
import io.pgbosun.host.WalCommit;
import io.pgbosun.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Archived WAL in the directory {@code wal/<cluster>} of a repository, flat, as {@code archive-wal.sh} stores it. */
final class FileWalArchive implements WalArchive {
    private static final Pattern ARCHIVED =
            Pattern.compile("[0-9A-F]{8}[.]history|[0-9A-F]{24}([.]partial|[.][0-9A-F]{8}[.]backup)?");
    private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{24}");
    /** Of XLogLongPageHeaderData, with which each segment begins. */
    private static final int HEADER_BYTES = 40;

    private static final int PAGE_ADDRESS = 8;
    private static final int SYSTEM_IDENTIFIER = 24;
    private static final int SEGMENT_BYTES = 32;

    private static final Duration LONGEST_TRY = Duration.ofMinutes(10);

    private final Path repository;
    private final Path directory;
    private final PgPrograms programs;

    FileWalArchive(Path repository, String cluster, PgPrograms programs) {
        this.repository = repository;
        this.directory = repository.resolve("wal").resolve(cluster);
        this.programs = programs;
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public boolean exists() {
        return Files.isDirectory(directory);
    }

    @Override
    public void make() {
        if (!Files.isDirectory(repository)) {
            throw Problem.notPossible("There is no directory " + repository + "; see that its disk is mounted.");
        }
        FileTree.make(directory);
        IoProblem.doing(directory, "cannot be made durable", () -> {
            FileTree.syncOne(directory.getParent());
            FileTree.syncOne(repository);
        });
    }

    @Override
    public void removeEmpty() {
        IoProblem.doing(directory, "cannot be removed", () -> {
            try {
                Files.deleteIfExists(directory);
            } catch (DirectoryNotEmptyException kept) {
                return; // WAL has arrived there, and is good for whoever enables archiving again
            }
        });
    }

    @Override
    public List<WalFile> files() {
        return IoProblem.asking(directory, "cannot be listed", () -> {
            try (var entries = Files.list(directory)) {
                return entries.filter(file ->
                                ARCHIVED.matcher(file.getFileName().toString()).matches())
                        .flatMap(FileWalArchive::file)
                        .sorted(Comparator.comparing(WalFile::name))
                        .toList();
            } catch (NoSuchFileException absent) {
                return List.of();
            }
        });
    }

    /** Nothing when it was removed meanwhile. */
    private static Stream<WalFile> file(Path file) {
        return IoProblem.asking(file, "cannot be looked at", () -> {
            try {
                var size = Files.size(file);
                return Stream.of(new WalFile(
                        file.getFileName().toString(),
                        size,
                        isWhole(file) ? size : 0,
                        Files.getLastModifiedTime(file).toInstant()));
            } catch (NoSuchFileException gone) {
                return Stream.empty();
            }
        });
    }

    /** By its header: what is in a segment is found out by whoever recovers with it. */
    private static boolean isWhole(Path file) throws IOException {
        var name = file.getFileName().toString();
        if (!SEGMENT.matcher(name).matches()) {
            return true;
        }
        try (var bytes = Files.newInputStream(file)) {
            var header = bytes.readNBytes(HEADER_BYTES);
            if (header.length < HEADER_BYTES) {
                return false;
            }
            var fields = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());
            long segmentBytes = fields.getInt(SEGMENT_BYTES);
            var begins = (Long.parseLong(name.substring(8, 16), 16) << 32)
                    + Long.parseLong(name.substring(16), 16) * segmentBytes;
            return Files.size(file) == segmentBytes && fields.getLong(PAGE_ADDRESS) == begins;
        } catch (AccessDeniedException unreadable) {
            return false;
        }
    }

    @Override
    public void remove(List<String> names) {
        var newest = files().stream()
                .map(WalFile::name)
                .filter(name -> SEGMENT.matcher(name).matches())
                .reduce((older, newer) -> newer);
        for (var name : names) {
            if (checked(name).endsWith(".history")
                    || newest.filter(name::equals).isPresent()) {
                throw Problem.notPossible("'" + name + "' is needed: history files and the newest segment stay.");
            }
        }
        IoProblem.doing(directory, "cannot be cleared of WAL that nobody needs", () -> {
            for (var name : names) {
                Files.deleteIfExists(directory.resolve(name));
            }
            if (!names.isEmpty()) {
                FileTree.syncOne(directory);
            }
        });
    }

    @Override
    public boolean has(String name) {
        return Files.isRegularFile(directory.resolve(checked(name)));
    }

    @Override
    public InputStream open(String name) {
        var file = directory.resolve(checked(name));
        return IoProblem.asking(file, "cannot be read", () -> Files.newInputStream(file));
    }

    /** As {@code archive-wal.sh} does. */
    @Override
    public String store(String name, InputStream content) {
        var target = directory.resolve(checked(name));
        return IoProblem.asking(target, "cannot be archived", () -> {
            removeLeft();
            var aside = Files.createFile(
                    directory.resolve("." + name + "." + UUID.randomUUID() + ".tmp"), FileTree.ONLY_OURS);
            try {
                var checksum = write(content, aside);
                place(aside, target);
                FileTree.syncOne(directory);
                return checksum;
            } finally {
                Files.deleteIfExists(aside);
            }
        });
    }

    /** Of tries that died, of whatever name: another one may just be at it. */
    private void removeLeft() throws IOException {
        var died = Instant.now().minus(LONGEST_TRY);
        try (var left = Files.newDirectoryStream(directory, ".*.tmp")) {
            for (var file : left) {
                if (Instant.ofEpochMilli(file.toFile().lastModified()).isBefore(died)) { // also when it has just gone
                    Files.deleteIfExists(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static String write(InputStream content, Path file) throws IOException {
        var digest = Checksum.newDigest();
        try (var to = new DigestOutputStream(Files.newOutputStream(file), digest)) {
            content.transferTo(to);
        }
        FileTree.syncOne(file);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A link is never made over a file; where the file system has none, it is looked at first. */
    private static void place(Path aside, Path target) throws IOException {
        try {
            Files.createLink(target, aside);
        } catch (FileAlreadyExistsException there) {
            accept(aside, target);
        } catch (UnsupportedOperationException | FileSystemException noLinks) {
            if (Files.exists(target)) {
                accept(aside, target);
            } else {
                Files.move(aside, target);
            }
        }
    }

    /** What is there already is made durable too: the try that wrote it may have died before it was. */
    private static void accept(Path aside, Path target) throws IOException {
        if (Files.mismatch(aside, target) >= 0) {
            throw Problem.notPossible(
                    target
                            + " is there already and is another file. It is not replaced: see which other cluster archives there.");
        }
        FileTree.syncOne(target);
    }

    @Override
    public String read(String name) {
        var file = directory.resolve(checked(name));
        return IoProblem.asking(file, "cannot be read", () -> Files.readString(file));
    }

    /** One that is damaged says whose it is too, as long as it can be read. */
    @Override
    public Optional<Origin> origin() {
        var newestFirst = files().reversed().stream()
                .filter(file -> SEGMENT.matcher(file.name()).matches())
                .toList();
        return Stream.concat(newestFirst.stream().filter(file -> file.walBytes() > 0), newestFirst.stream())
                .map(file -> directory.resolve(file.name()))
                .flatMap(segment -> IoProblem.asking(segment, "cannot be read", () -> origin(segment)).stream())
                .findFirst();
    }

    private static Optional<Origin> origin(Path segment) throws IOException {
        try (var bytes = Files.newInputStream(segment)) {
            return Files.size(segment) < HEADER_BYTES ? Optional.empty() : Optional.of(origin(bytes));
        } catch (AccessDeniedException unreadable) {
            return Optional.empty();
        }
    }

    /** What the beginning of a segment says. */
    static Origin origin(InputStream segment) throws IOException {
        var header = segment.readNBytes(HEADER_BYTES);
        if (header.length < HEADER_BYTES) {
            throw new IOException("it is too short to be a segment of the WAL");
        }
        var fields = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());
        return new Origin(Long.toUnsignedString(fields.getLong(SYSTEM_IDENTIFIER)), fields.getInt(SEGMENT_BYTES));
    }

    @Override
    public Optional<WalCommit> lastCommit(String firstSegment, String lastSegment) {
        return programs.lastCommit(directory, checked(firstSegment), checked(lastSegment));
    }

    @Override
    public String restoreCommand() {
        return ServerCommand.restoringFrom(directory);
    }

    private static String checked(String name) {
        if (!ARCHIVED.matcher(name).matches()) {
            throw Problem.notPossible("'" + name + "' is not the name of a file of the WAL.");
        }
        return name;
    }
}
