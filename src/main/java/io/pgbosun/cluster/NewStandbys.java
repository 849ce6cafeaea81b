package io.pgbosun.cluster;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Server;
import io.pgbosun.operation.Steps;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** How a new standby is made of a primary that runs: with a slot, a copy and settings; in the end it streams. */
@Singleton
public class NewStandbys {
    private static final Duration STREAMING_WITHIN = Duration.ofMinutes(2);

    private final PgHosts hosts;

    NewStandbys(PgHosts hosts) {
        this.hosts = hosts;
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
        var directory = standby.directory();
        var slot = standby.slot();
        steps.ensure(
                "reserve a replication slot for " + standby.name(),
                () -> primary.slotExists(slot),
                () -> primary.createSlot(slot));
        steps.ensure(
                "copy the primary to " + standby.name(),
                () -> hosts.of(standby).initialized(directory),
                () -> hosts.of(standby).baseBackup(login, directory, slot),
                () -> hosts.of(standby).remove(directory));
        steps.act("configure " + standby.name(), () -> {
            hosts.configure(standby, settings.get());
            hosts.of(standby).followPrimary(directory, login, slot, standby.name());
        });
        start(steps, standby);
        steps.await(standby.name() + " streams", STREAMING_WITHIN, () -> primary.streamsTo(standby.name()));
    }

    void start(Steps steps, InstanceRecord instance) {
        var directory = instance.directory();
        steps.ensure(
                "start " + instance.name(),
                () -> hosts.of(instance).ready(directory),
                () -> hosts.of(instance).start(directory),
                () -> hosts.of(instance).stop(directory));
    }
}
