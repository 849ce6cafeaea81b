package io.pgbosun.cluster;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Server;
import io.pgbosun.operation.Steps;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** How a new standby is made of a primary that runs: with a slot, a copy and settings; in the end it streams. */
@Singleton
public class NewStandbys {
    private static final Duration STREAMING_WITHIN = Duration.ofMinutes(2);

    private final PgPrograms programs;

    NewStandbys(PgPrograms programs) {
        this.programs = programs;
    }

    /**
     * Makes one; taken back, nothing of it is there but its slot.
     *
     * @param login of replication at the primary
     */
    public void make(
            Steps steps,
            Server primary,
            Endpoint login,
            InstanceRecord standby,
            Supplier<Map<String, String>> settings) {
        var directory = Path.of(standby.dataDirectory());
        var slot = standby.slot();
        steps.ensure(
                "reserve a replication slot for " + standby.name(),
                () -> primary.slotExists(slot),
                () -> primary.createSlot(slot));
        steps.ensure(
                "copy the primary to " + standby.name(),
                () -> programs.initialized(directory),
                () -> programs.baseBackup(login, directory, slot),
                () -> programs.remove(directory));
        steps.act("configure " + standby.name(), () -> {
            programs.configure(directory, settings.get());
            programs.followPrimary(directory, login, slot, standby.name());
        });
        start(steps, standby);
        steps.await(standby.name() + " streams", STREAMING_WITHIN, () -> primary.streamsTo(standby.name()));
    }

    void start(Steps steps, InstanceRecord instance) {
        var directory = Path.of(instance.dataDirectory());
        steps.ensure(
                "start " + instance.name(),
                () -> programs.ready(directory),
                () -> programs.start(directory),
                () -> programs.stop(directory));
    }
}
