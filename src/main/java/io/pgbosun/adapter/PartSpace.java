package io.pgbosun.adapter;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/**
 * Where parts wait while they are sent: in memory up to a limit for all of them together, beyond it in files. So nobody
 * waits for another one's memory, and the heap is safe however many objects are stored at once, and however large.
 */
final class PartSpace {
    static final int MIB = 1024 * 1024;

    private static final int LARGEST_IN_MEMORY_MIB = 16;

    private final Path folder;
    private final Semaphore freeMib;

    PartSpace(Path folder, int memoryMib) {
        this.folder = folder;
        freeMib = new Semaphore(memoryMib);
    }

    /** Room for so many bytes. */
    PartRoom room(long bytes) {
        int mib = Math.toIntExact(Math.ceilDiv(bytes, MIB));
        if (mib <= LARGEST_IN_MEMORY_MIB && freeMib.tryAcquire(mib)) {
            return new PartRoom.Memory(() -> freeMib.release(mib));
        }
        FileTree.make(folder);
        return new PartRoom.Spool(IoProblem.asking(
                folder, "cannot be written to", () -> Files.createTempFile(folder, "part-", null, FileTree.ONLY_OURS)));
    }
}
