package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.PgPrograms.BaseBackup;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** pg_basebackup of a whole server into a stream. */
final class BaseBackups {
    private static final Logger LOG = Logger.getLogger(BaseBackups.class);
    private static final Pattern START = Pattern.compile("log start point: ([0-9A-F]+/[0-9A-F]+) on timeline (\\d+)");
    private static final Pattern STOP = Pattern.compile("log end point: ([0-9A-F]+/[0-9A-F]+)");

    private final PostgresBin bin;

    BaseBackups(PostgresBin bin) {
        this.bin = bin;
    }

    BaseBackup stream(Endpoint source, OutputStream to, Runnable look) {
        var arguments = List.of(
                "-d",
                Conninfo.of(source),
                "-D",
                "-",
                "-Ft",
                "-X",
                "fetch",
                "-c",
                "fast",
                "--compress=client-zstd:3",
                "--manifest-checksums=SHA256",
                "--label=pgbosun",
                "--verbose",
                "--no-password");
        String said;
        try (var _ = looking(look)) {
            said = new LocalProcess(bin, "pg_basebackup", arguments)
                    .loggingInAt(source)
                    .writingTo(to)
                    .run()
                    .orThrow()
                    .errors();
        }
        var start = found(START, said);
        return new BaseBackup(
                Integer.parseInt(start.group(2)),
                Lsn.parse(start.group(1)),
                Lsn.parse(found(STOP, said).group(1)));
    }

    /** Looks once a second, beside the stream, which waits for nobody; until it is closed. */
    private static Work.Open looking(Runnable look) {
        var closed = new CountDownLatch(1);
        Runnable looks = () -> {
            while (!over(closed)) {
                try {
                    look.run();
                } catch (Problem problem) {
                    LOG.debugf(problem, "how far the backup is cannot be told now; it goes on");
                }
            }
        };
        var thread = Thread.startVirtualThread(
                Work.current().<Runnable>map(run -> () -> run.run(looks)).orElse(looks));
        return () -> {
            closed.countDown();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw Problem.stopping(e);
            }
        };
    }

    private static boolean over(CountDownLatch closed) {
        try {
            return closed.await(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static Matcher found(Pattern pattern, String said) {
        var matcher = pattern.matcher(said);
        if (!matcher.find()) {
            throw Problem.of(ProblemType.PROGRAM_FAILED, "pg_basebackup does not tell the WAL it needs: " + said);
        }
        return matcher;
    }
}
