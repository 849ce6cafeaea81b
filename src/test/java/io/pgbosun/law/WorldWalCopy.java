package io.pgbosun.law;

import io.pgbosun.host.WalArchive;
import io.pgbosun.host.WalArchive.WalFile;
import io.pgbosun.host.WalCopy;
import io.pgbosun.law.Faults.Port;
import java.nio.file.Path;
import java.util.List;

/** WAL beside a data directory of the world. */
record WorldWalCopy(Stage stage, Path dataDirectory) implements WalCopy {
    private String path() {
        return dataDirectory + ".wal";
    }

    @Override
    public boolean isThere() {
        return stage.faults()
                .read(Port.PROGRAM, "walCopy.isThere", () -> stage.world().hasFiles(path()));
    }

    @Override
    public void make(WalArchive archive, List<WalFile> files) {
        stage.faults()
                .change(
                        Port.PROGRAM,
                        "walCopy.make",
                        null,
                        () -> stage.world().files.put(path() + "/", World.StoredFile.of(files.toString())));
    }

    @Override
    public void remove() {
        stage.faults()
                .change(
                        Port.PROGRAM,
                        "walCopy.remove",
                        null,
                        () -> stage.world().removeFiles(path()));
    }

    @Override
    public String restoreCommand() {
        return "cp " + path();
    }
}
