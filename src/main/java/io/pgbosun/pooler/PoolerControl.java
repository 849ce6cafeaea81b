package io.pgbosun.pooler;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PoolerConsole;
import io.pgbosun.host.PoolerConsoles;
import io.pgbosun.host.PoolerDatabase;
import io.pgbosun.host.PoolerFiles;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What is done to one pooler; each act can be done again. */
@Singleton
class PoolerControl {
    private static final Duration LEAST = Duration.ofMillis(100);

    private final PoolerConsoles consoles;
    private final PoolerFiles files;
    private final Clock clock;

    PoolerControl(PoolerConsoles consoles, PoolerFiles files, Clock clock) {
        this.consoles = consoles;
        this.files = files;
        this.clock = clock;
    }

    PoolerConsole console(PoolerRecord pooler) {
        return consoles.at(pooler.console());
    }

    boolean isPaused(PoolerRecord pooler) {
        var console = console(pooler);
        return pooler.databases().stream().allMatch(console::isPaused);
    }

    /** All of its databases, within the time together. */
    void pause(PoolerRecord pooler, Duration atMost) {
        var console = console(pooler);
        var deadline = clock.instant().plus(atMost);
        for (var database : pooler.databases()) {
            var left = Duration.between(clock.instant(), deadline);
            console.pause(database, left.compareTo(LEAST) < 0 ? LEAST : left);
        }
    }

    /** Nobody is waited for: what runs at a primary that is gone never ends. */
    void cutOff(PoolerRecord pooler) {
        var console = console(pooler);
        pooler.databases().forEach(console::kill);
    }

    boolean isResumed(PoolerRecord pooler) {
        return named(pooler, PoolerDatabase::paused).isEmpty();
    }

    void resume(PoolerRecord pooler) {
        var console = console(pooler);
        named(pooler, PoolerDatabase::paused).forEach(console::resume);
    }

    private List<String> named(PoolerRecord pooler, Predicate<PoolerDatabase> which) {
        return named(pooler, console(pooler).databases(), which);
    }

    /** Those of its databases that are so. */
    static List<String> named(PoolerRecord pooler, List<PoolerDatabase> running, Predicate<PoolerDatabase> which) {
        return running.stream()
                .filter(which)
                .map(PoolerDatabase::name)
                .filter(pooler.databases()::contains)
                .toList();
    }

    Optional<String> held(PoolerRecord pooler) {
        return files.read(pooler.file());
    }

    /** Refuses unless the console answers an admin, and takes in the file, which holds databases alone. */
    void requireOurs(PoolerRecord pooler) {
        var console = console(pooler);
        console.requireAdmin();
        var by = console.config().get("conffile");
        files.requireIncluded(pooler.file(), Path.of(by == null ? "" : by));
        if (!held(pooler).map(PoolerSettings::isOfDatabasesAlone).orElse(true)) {
            throw Problem.notPossible(
                    pooler.file()
                            + " holds more than the section [databases], or a password, and is not taken over; name a file that is to be pgbosun's alone.");
        }
    }

    /** What is not as it should be with this primary, a sentence each. */
    List<String> differences(PoolerRecord pooler, Endpoint primary) {
        return differences(pooler, primary, held(pooler), console(pooler).databases());
    }

    static List<String> differences(
            PoolerRecord pooler, Endpoint primary, Optional<String> held, List<PoolerDatabase> running) {
        var wanted = settings(pooler, primary);
        var differences = new ArrayList<String>();
        if (!held.equals(Optional.of(wanted.text()))) {
            differences.add(pooler.file() + (held.isEmpty() ? " is absent." : " holds something else."));
        }
        differences.addAll(wanted.differences(running));
        return differences;
    }

    static PoolerSettings settings(PoolerRecord pooler, Endpoint primary) {
        return new PoolerSettings(pooler.pooler(), primary.address(), primary.port());
    }

    void point(PoolerRecord pooler, Endpoint primary) {
        put(pooler, Optional.of(settings(pooler, primary).text()));
    }

    /** Writes the file and has it read. */
    void put(PoolerRecord pooler, Optional<String> content) {
        files.write(pooler.file(), content);
        console(pooler).reload();
    }
}
