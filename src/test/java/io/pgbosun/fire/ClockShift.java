package io.pgbosun.fire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** By how much the clock of this process is wrong; in the process that {@link ClockAgent} is in. */
public final class ClockShift {
    private static final long LOOK_NANOS = 20_000_000;

    private static volatile long seconds;

    private ClockShift() {}

    /** Called by the JDK's own clock. */
    public static Instant shifted(Instant right) {
        return right.plusSeconds(seconds);
    }

    static void follow(Path file) {
        var reader = new Thread(() -> {
            while (true) {
                try {
                    var said = Files.readString(file).strip();
                    seconds = said.isEmpty() ? seconds : Long.parseLong(said);
                } catch (IOException e) {
                    System.err.println("the clock stays as it is: " + e);
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        });
        reader.setDaemon(true);
        reader.setName("clock shift");
        reader.start();
    }
}
