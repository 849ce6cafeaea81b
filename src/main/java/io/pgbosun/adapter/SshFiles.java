package io.pgbosun.adapter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.client.SftpClient.CloseableHandle;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.common.SftpException;

/**
 * The files of a host that is reached by SSH: read by SFTP, changed by the launcher. One call of the launcher writes a file whole,
 * with its mode from the beginning, durably and at once; by SFTP that is eight, and directories cannot be made durable.
 */
record SshFiles(SshConnection connection) implements MachineFiles {
    private static final int OWNER_EXECUTE = 0100;
    private static final int CHUNK = 32 * 1024;

    /** What may be missing, or be another's. */
    private interface Look<T> {
        T at(SftpClient sftp, String path) throws IOException;
    }

    /** Empty when there is no such thing. */
    private <T> Optional<T> look(Path path, String what, Look<T> look) {
        return connection.sftp(path, what, sftp -> {
            try {
                return Optional.of(look.at(sftp, path.toString()));
            } catch (SftpException e) {
                if (SshConnection.told(path, e) instanceof NoSuchFileException) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    /** Empty also when it is another user's. */
    private <T> Optional<T> lookAtProcess(Path path, Look<T> look) {
        return look(path, "cannot be read", (sftp, file) -> {
                    try {
                        return Optional.of(look.at(sftp, file));
                    } catch (SftpException e) {
                        if (SshConnection.told(path, e) instanceof AccessDeniedException) {
                            return Optional.<T>empty();
                        }
                        throw e;
                    }
                })
                .flatMap(found -> found);
    }

    private Optional<Attributes> attributes(Path path) {
        return look(path, "cannot be looked at", (sftp, file) -> sftp.stat(file));
    }

    @Override
    public boolean exists(Path path) {
        return look(path, "cannot be looked at", (sftp, file) -> sftp.lstat(file))
                .isPresent();
    }

    @Override
    public boolean isFile(Path path) {
        return attributes(path).filter(Attributes::isRegularFile).isPresent();
    }

    @Override
    public boolean isDirectory(Path path) {
        return attributes(path).filter(Attributes::isDirectory).isPresent();
    }

    @Override
    public boolean isLink(Path path) {
        return look(path, "cannot be looked at", (sftp, file) -> sftp.lstat(file))
                .filter(Attributes::isSymbolicLink)
                .isPresent();
    }

    @Override
    public boolean isExecutable(Path path) {
        return attributes(path)
                .filter(attributes -> (attributes.getPermissions() & OWNER_EXECUTE) != 0)
                .isPresent();
    }

    /** SFTP's own tells a path also of what is absent. */
    @Override
    public Path real(Path path) {
        return exists(path)
                ? look(path, "cannot be looked at", (sftp, file) -> Path.of(sftp.canonicalPath(file)))
                        .orElse(path)
                : path;
    }

    /** Where the link of a process leads; empty when the process is not there, or is another user's. */
    Optional<Path> target(Path link) {
        return lookAtProcess(link, (sftp, path) -> Path.of(sftp.readLink(path)));
    }

    /** Of a process; empty when it is not there, or is another user's. */
    Optional<List<String>> environment(String pid) {
        return lookAtProcess(Path.of("/proc", pid, "environ"), (sftp, file) -> text(sftp, file, 0))
                .map(text -> List.of(text.split("\0")));
    }

    @Override
    public Optional<String> read(Path file) {
        return look(file, "cannot be read", (sftp, path) -> text(sftp, path, 0));
    }

    @Override
    public Optional<String> tail(Path file, int bytes) {
        return look(
                file,
                "cannot be read",
                (sftp, path) -> text(sftp, path, Math.max(0, sftp.stat(path).getSize() - bytes)));
    }

    /** To the end, whatever size it has: files of processes have none. */
    private static String text(SftpClient sftp, String path, long from) throws IOException {
        try (CloseableHandle handle = sftp.open(path, OpenMode.Read)) {
            var text = new ByteArrayOutputStream();
            var chunk = new byte[CHUNK];
            for (int length; (length = sftp.read(handle, from + text.size(), chunk)) > 0; ) {
                text.write(chunk, 0, length);
            }
            return text.toString(StandardCharsets.UTF_8);
        }
    }

    /** Through a channel of its own: SFTP has one, for questions that are short. */
    @Override
    public InputStream open(Path file) {
        return new SshContent(connection, file);
    }

    @Override
    public List<String> names(Path directory) {
        return connection.sftp(
                directory,
                "cannot be listed",
                sftp -> StreamSupport.stream(sftp.readDir(directory.toString()).spliterator(), false)
                        .map(SftpClient.DirEntry::getFilename)
                        .filter(name -> !name.equals(".") && !name.equals(".."))
                        .toList());
    }

    @Override
    public void write(Path file, String text) {
        write(file, "600", text);
    }

    @Override
    public void writeScript(Path file, String text) {
        write(file, "700", text);
    }

    private void write(Path file, String mode, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var values = List.of(file.toString(), mode, String.valueOf(bytes.length));
        connection.ask(file + " cannot be written", "write", values, bytes);
    }

    @Override
    public void make(Path directory) {
        change("make", directory + " cannot be made", directory);
    }

    @Override
    public void rename(Path from, Path to) {
        change("rename", to + " cannot be put in place", from, to);
    }

    @Override
    public void delete(Path file) {
        change("delete", file + " cannot be removed", file);
    }

    @Override
    public NewTree newTree(Path directory) {
        return new SshTree(connection, directory);
    }

    @Override
    public void sync(Path directory) {
        change("sync", directory + " cannot be made durable", directory);
    }

    @Override
    public void removeTree(Path path) {
        change("remove", path + " cannot be removed", path);
    }

    private void change(String verb, String what, Path... paths) {
        var values = new ArrayList<String>();
        for (var path : paths) {
            values.add(path.toString());
        }
        connection.ask(what, verb, values);
    }
}
