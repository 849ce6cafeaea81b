package io.pgbosun.host;

import io.pgbosun.host.WalArchive.WalFile;
import java.util.List;

/** Archived WAL that lies beside a data directory, for a recovery on a host that the archive is not on. */
public interface WalCopy {
    /** True when all of it is there. */
    boolean isThere();

    /**
     * Copies files of an archive, whole and durably or not at all. A problem {@code damaged} names one that is not as long as
     * the archive has told.
     */
    void make(WalArchive archive, List<WalFile> files);

    /** Removes it; nothing happens when it is absent. */
    void remove();

    /** For {@code restore_command} of the server there. */
    String restoreCommand();
}
