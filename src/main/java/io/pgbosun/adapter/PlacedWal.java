package io.pgbosun.adapter;

import io.pgbosun.host.ServerCommand;
import io.pgbosun.host.WalArchive;
import io.pgbosun.host.WalArchive.WalFile;
import io.pgbosun.host.WalCopy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Archived WAL beside a data directory, in {@code <data directory>.wal}: copied aside and renamed. */
record PlacedWal(Machine machine, Path directory) implements WalCopy {
    private static final String HALF_MADE = "wal-tmp";

    static PlacedWal of(Machine machine, Path dataDirectory) {
        return new PlacedWal(machine, ServerPrograms.aside(dataDirectory, "wal"));
    }

    @Override
    public boolean isThere() {
        return machine.files().isDirectory(directory);
    }

    @Override
    public void make(WalArchive archive, List<WalFile> wal) {
        var files = machine.files();
        var aside = ServerPrograms.clear(files, directory, HALF_MADE);
        try (var tree = files.newTree(aside)) {
            for (var file : wal) {
                copy(archive, file, tree);
            }
            tree.finish();
        }
        files.sync(aside);
        files.rename(aside, directory);
    }

    private static void copy(WalArchive archive, WalFile file, MachineFiles.NewTree to) {
        try (var content = archive.open(file.name())) {
            to.file(Path.of(file.name()), file.walBytes(), content);
        } catch (IOException e) {
            throw CheckedStream.damaged("archived WAL", IoProblem.reason(e));
        }
    }

    @Override
    public void remove() {
        FileTree.remove(machine.files(), ServerPrograms.aside(directory, HALF_MADE));
        FileTree.remove(machine.files(), directory);
    }

    @Override
    public String restoreCommand() {
        return ServerCommand.restoringFrom(directory);
    }
}
