package io.pgbosun.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a password comes from; never an argument, which every user of the machine could see. */
final class PasswordSource {
    private PasswordSource() {}

    /** From the file, else from the environment, else from the person at the terminal. */
    static String read(Session session, Path file, String prompt) {
        if (file != null) {
            return fromFile(file);
        }
        var given = session.environment("PGBOSUN_PASSWORD");
        if (given != null && !given.isEmpty()) {
            return given;
        }
        return session.prompt()
                .apply(prompt)
                .map(String::new)
                .orElseThrow(() -> new Misused(
                        "a password is needed: --password-file FILE, or the environment variable PGBOSUN_PASSWORD"));
    }

    /** What a file holds, without its last line end. */
    static String fromFile(Path file) {
        try {
            return Files.readString(file).replaceFirst("\\R\\z", "");
        } catch (IOException e) {
            throw new Misused("cannot read the file " + file);
        }
    }
}
