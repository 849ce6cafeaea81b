package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code pg_rewind} of a data directory, once. A second one over what the first has done would have the rewound server recover
 * by itself, and write where the source writes too; over what the first has half done it would miss what is left to copy: its
 * manual page asks for a new base backup then. So a mark beside the data directory tells that one has begun.
 */
record Rewind(Machine machine, Path dataDirectory) {
    /** With {@code --progress}, when it has looked at everything and begins to change. */
    private static final Pattern CHANGES = Pattern.compile("need to copy|kB \\([0-9]+%\\) copied");

    private static final String LABEL = "BACKUP METHOD: pg_rewind";

    /** True when it is rewound; false when a former one was cut off, and nothing is done. */
    boolean from(Endpoint source) {
        try {
            var arguments = List.of(
                    "-D", dataDirectory.toString(), "--source-server=" + Conninfo.of(source, "postgres"), "--progress");
            var outcome = machine.program("pg_rewind", arguments)
                    .loggingInAt(source)
                    .lasting(this::begin)
                    .run();
            if (outcome.exitCode() == 0 || !CHANGES.matcher(outcome.errors()).find()) {
                forget();
            }
            outcome.orThrow();
            return true;
        } catch (BegunBefore before) {
            if (before.whole) {
                forget();
            }
            return before.whole;
        }
    }

    private void begin() {
        if (isWhole()) {
            throw new BegunBefore(true);
        }
        if (machine.files().exists(mark())) {
            throw new BegunBefore(false);
        }
        machine.files().write(mark(), "");
    }

    /** The label comes last but one, the control file last. */
    private boolean isWhole() {
        return machine.files()
                        .read(dataDirectory.resolve("backup_label"))
                        .filter(label -> label.contains(LABEL))
                        .isPresent()
                && new ControlData(machine).inArchiveRecovery(dataDirectory);
    }

    void forget() {
        machine.files().delete(mark());
    }

    private Path mark() {
        return dataDirectory.resolveSibling(dataDirectory.getFileName() + ".rewind");
    }

    private static final class BegunBefore extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final boolean whole;

        BegunBefore(boolean whole) {
            super("rewound before", null, false, false);
            this.whole = whole;
        }
    }
}
