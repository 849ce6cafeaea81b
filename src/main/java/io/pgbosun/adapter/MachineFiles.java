package io.pgbosun.adapter;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The files of a machine. What cannot be told is a problem and never an answer: a file is only absent when the machine says so.
 */
interface MachineFiles {
    /** Whether there is anything at this path, be it a link that leads nowhere. */
    boolean exists(Path path);

    /** Whether there is a regular file, also by way of links. */
    boolean isFile(Path path);

    /** Whether there is a directory, also by way of links. */
    boolean isDirectory(Path path);

    boolean isLink(Path path);

    /** Whether its owner may run it. */
    boolean isExecutable(Path path);

    /** Without links; itself when it is absent. */
    Path real(Path path);

    /** The text of a file; empty when it is absent. */
    Optional<String> read(Path file);

    /** So many bytes of the end of a file; empty when it is absent. */
    Optional<String> tail(Path file, int bytes);

    /** The bytes of a file; the end is reached only when all of it was read. */
    InputStream open(Path file);

    /** The names of what is in a directory. */
    List<String> names(Path directory);

    /** Replaces the file at once and durably; mode 0600. */
    void write(Path file, String text);

    /** Replaces the file at once and durably; mode 0700. */
    void writeScript(Path file, String text);

    /** Makes the directory and those above it that are absent, with mode 0700. */
    void make(Path directory);

    /** Renames, replacing a file that is there, and makes the new name durable. */
    void rename(Path from, Path to);

    /** Deletes a file durably; nothing happens when it is absent. */
    void delete(Path file);

    /** Makes a directory that is absent, of files that come one after the other. */
    NewTree newTree(Path directory);

    /** Makes a directory and all in it durable. */
    void sync(Path directory);

    /** Removes a directory, or a file, and all in it; whoever calls has checked that it may be. */
    void removeTree(Path path);

    /** A directory that is being filled; what was begun stays there when it is closed before it is finished. */
    interface NewTree extends AutoCloseable {
        /** Makes a directory, with mode 0700. */
        void directory(Path relative);

        /**
         * Writes a file, with mode 0600, and the directories above it.
         *
         * @param bytes how many the content has
         * @throws IOException when the content cannot be read, or is of another length; one that cannot be written is a problem
         */
        void file(Path relative, long bytes, InputStream content) throws IOException;

        /** All that was given is there. */
        void finish();

        @Override
        void close();
    }
}
