package io.pgbosun.adapter;

import io.pgbosun.host.Lsn;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the control file of a server that does not run, with {@code pg_controldata}. */
record ControlData(Machine machine) {
    private static final Pattern STOPPED_CLEANLY =
            Pattern.compile("^Database cluster state: +shut down$", Pattern.MULTILINE);
    private static final Pattern CHECKPOINT =
            Pattern.compile("^Latest checkpoint location: +([0-9A-F]+/[0-9A-F]+)$", Pattern.MULTILINE);

    private static final Pattern IN_RECOVERY = Pattern.compile(
            "^Database cluster state: +(shut down in recovery|in archive recovery)$", Pattern.MULTILINE);

    private static final Pattern IN_ARCHIVE_RECOVERY =
            Pattern.compile("^Database cluster state: +in archive recovery$", Pattern.MULTILINE);

    private static final Pattern SEGMENT_SIZE = Pattern.compile("^Bytes per WAL segment: +(\\d+)$", Pattern.MULTILINE);

    /** In bytes. */
    long walSegmentSize(Path dataDirectory) {
        var said = said(dataDirectory);
        var size = SEGMENT_SIZE.matcher(said);
        if (!size.find()) {
            throw Problem.of(ProblemType.PROGRAM_FAILED, "pg_controldata tells no size of WAL segments: " + said);
        }
        return Long.parseLong(size.group(1));
    }

    /** Whether the server was in recovery when it ended. */
    boolean inRecovery(Path dataDirectory) {
        return IN_RECOVERY.matcher(said(dataDirectory)).find();
    }

    /** Whether the server is one of a copy that has not become whole yet, or a standby that crashed. */
    boolean inArchiveRecovery(Path dataDirectory) {
        return IN_ARCHIVE_RECOVERY.matcher(said(dataDirectory)).find();
    }

    private String said(Path dataDirectory) {
        return machine.program("pg_controldata", List.of("-D", dataDirectory.toString()))
                .run()
                .orThrow()
                .output();
    }

    /** Where the shutdown checkpoint is; empty when the server crashed, runs, or was a standby. */
    Optional<Lsn> shutdownLsn(Path dataDirectory) {
        var said = said(dataDirectory);
        var checkpoint = CHECKPOINT.matcher(said);
        return STOPPED_CLEANLY.matcher(said).find() && checkpoint.find()
                ? Optional.of(Lsn.parse(checkpoint.group(1)))
                : Optional.empty();
    }
}
