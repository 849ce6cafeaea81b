package io.pgbosun.adapter;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The processes of a machine that are the user's who asks. */
interface MachineProcesses {
    /** Whether the process lives, and works in this directory: a server's is its data directory. */
    boolean livesIn(long pid, Path directory);

    /** All processes that work in this directory. */
    List<Long> in(Path directory);

    /** Whether it has ended and waits to be reaped. */
    boolean isZombie(long pid);

    /** Whether {@code /proc/PID/stat} says so. */
    static boolean tellsZombie(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 1).strip().startsWith("Z");
    }

    /** What processes are marked with ({@link Program#WORK}), of all marks that begin so. */
    Map<Long, String> marked(String beginning);

    /** Asks them to end. */
    void end(Collection<Long> pids);

    /** Waits for their end and kills those that are left; false when some are left after as long again. */
    boolean force(Collection<Long> pids, Duration grace);
}
