package io.pgbosun.adapter;

import io.pgbosun.host.Lsn;
import io.pgbosun.host.WalCommit;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Reads what is in the WAL with {@code pg_waldump}. */
record WalDump(PostgresBin bin) {
    /** As all releases from 15 on write it; a prepared transaction names itself before the time. */
    private static final Pattern COMMIT = Pattern.compile("tx: +(\\d+), lsn: ([0-9A-F]+/[0-9A-F]+), .*?"
            + "desc: COMMIT(?:_PREPARED \\d+:)? (\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d[.]\\d+)");

    Optional<WalCommit> lastCommit(Path directory, String firstSegment, String lastSegment) {
        var said = new LocalProcess(
                        bin,
                        "pg_waldump",
                        List.of("--rmgr=Transaction", "--path=" + directory, firstSegment, lastSegment))
                .keeping(COMMIT)
                .inUtc()
                .run()
                .orThrow()
                .output();
        return COMMIT.matcher(said).results().reduce((earlier, later) -> later).map(WalDump::commit);
    }

    private static WalCommit commit(MatchResult line) {
        var time = LocalDateTime.parse(line.group(3) + "T" + line.group(4)).toInstant(ZoneOffset.UTC);
        return new WalCommit(Long.parseLong(line.group(1)), Lsn.parse(line.group(2)), time);
    }
}
