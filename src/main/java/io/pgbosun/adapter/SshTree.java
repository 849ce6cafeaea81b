package io.pgbosun.adapter;

import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jboss.logging.Logger;

/** A new directory on a host that is reached by SSH: its files go there as one tar, which the host's {@code tar} unpacks. */
final class SshTree implements MachineFiles.NewTree {
    private static final Logger LOG = Logger.getLogger(SshTree.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int CHUNK = 128 * 1024;
    private static final int DIRECTORY_MODE = 0700;
    private static final int FILE_MODE = 0600;

    private final SshConnection connection;
    private final Path directory;
    private final SshRunning running;
    private final Tail errors;
    private final TarArchiveOutputStream tar;
    private final Work.Open registered;
    private volatile boolean ended;
    private boolean finished;

    SshTree(SshConnection connection, Path directory) {
        this.connection = connection;
        this.directory = directory;
        var request = new ArrayList<>(List.of(directory.toString()));
        request.addAll(HostLauncher.list(List.of(Program.WORK + "=" + Work.currentTag())));
        running = connection.run(HostLauncher.request("unpack", request), false);
        errors = new Tail(running.errors());
        tar = new TarArchiveOutputStream(new BufferedOutputStream(running.input(), CHUNK), "UTF-8");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        registered = Work.current().map(work -> work.opened(this::end)).orElse(() -> {});
    }

    private void end() {
        ended = true;
        running.end();
    }

    @Override
    public void directory(Path relative) {
        var entry = new TarArchiveEntry(relative + "/");
        entry.setMode(DIRECTORY_MODE);
        writing(() -> {
            tar.putArchiveEntry(entry);
            tar.closeArchiveEntry();
        });
    }

    @Override
    public void file(Path relative, long bytes, InputStream content) throws IOException {
        var entry = new TarArchiveEntry(relative.toString());
        entry.setMode(FILE_MODE);
        entry.setSize(bytes);
        writing(() -> tar.putArchiveEntry(entry));
        var chunk = new byte[CHUNK];
        var left = bytes;
        for (int length; (length = content.read(chunk)) >= 0; left -= length) {
            if (length > left) {
                throw new IOException("'" + relative + "' is longer than " + bytes + " bytes");
            }
            int count = length;
            writing(() -> tar.write(chunk, 0, count));
        }
        if (left > 0) {
            throw new IOException("'" + relative + "' ends " + left + " bytes too early");
        }
        writing(tar::closeArchiveEntry);
    }

    @Override
    public void finish() {
        writing(tar::close);
        int exitCode = exitCode();
        if (exitCode != 0) {
            throw failed(exitCode);
        }
        finished = true;
    }

    private void writing(IoProblem.Act act) {
        try {
            act.run();
        } catch (IOException e) {
            LOG.debugf(e, "%s takes no more", this);
            throw failed(exitCode()); // since it has ended, or was lost
        }
    }

    private int exitCode() {
        try {
            return running.await();
        } catch (InterruptedException e) {
            throw Problem.stopping(e);
        }
    }

    private Problem failed(int exitCode) {
        if (ended) {
            return Problem.of(
                    ProblemType.CANCELLED, "The copying to " + connection.name() + " was ended with its run.");
        }
        try {
            var outcome = new ProgramOutcome("tar", exitCode, "", errors.text(PATIENCE));
            return IoProblem.of(directory + " cannot be written on " + connection.name(), HostLauncher.said(outcome));
        } catch (InterruptedException e) {
            return Problem.stopping(e);
        }
    }

    @Override
    public String toString() {
        return running + ", which fills " + directory;
    }

    @Override
    public void close() {
        registered.close();
        if (!finished) {
            running.end();
        }
    }
}
