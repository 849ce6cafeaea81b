package io.pgbosun.law;

import io.pgbosun.host.Patroni;
import io.pgbosun.host.PatroniApi;
import io.pgbosun.host.PatroniCluster;
import io.pgbosun.host.PatroniHistory;
import io.pgbosun.host.PatroniMember;
import io.pgbosun.host.Patronis;
import io.pgbosun.law.Faults.Port;
import io.pgbosun.law.World.Directory;
import io.pgbosun.law.World.PatroniState;
import io.pgbosun.problem.Problem;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The Patroni of the world: what it is told is done at once. */
@Alternative
@Singleton
class WorldPatroni implements Patronis, Patroni {
    private static final String NAME = "cluster_name";

    private final Stage stage;

    WorldPatroni(Stage stage) {
        this.stage = stage;
    }

    @Override
    public Patroni at(PatroniApi api) {
        return this;
    }

    private PatroniState state() {
        return stage.world().patroni;
    }

    private <T> T read(String what, Supplier<T> read) {
        return stage.faults().read(Port.SQL, what + " of patroni", read);
    }

    private void change(String what, Runnable change) {
        stage.faults().change(Port.SQL, what + " at patroni", null, change);
    }

    @Override
    public PatroniCluster cluster() {
        return read(
                "cluster",
                () -> new PatroniCluster(
                        stage.world().directories.values().stream()
                                .filter(directory -> directory.running)
                                .map(this::member)
                                .toList(),
                        state().config.containsKey("pause")));
    }

    private PatroniMember member(Directory directory) {
        var name = directory.settings.get(NAME);
        var port = Integer.valueOf(directory.settings.get("port"));
        var leads = name.equals(state().leader);
        return new PatroniMember(
                name, leads ? "leader" : "replica", "running", "127.0.0.1", port, "http://" + name, 1, null, false);
    }

    @Override
    public List<PatroniHistory> history() {
        return read("history", List::of);
    }

    @Override
    public Map<String, Object> config() {
        return read("config", () -> new TreeMap<>(state().config));
    }

    @Override
    public Map<String, Object> patchConfig(Map<String, Object> changes) {
        change(
                "patchConfig " + new TreeMap<>(changes),
                () -> changes.forEach((name, value) -> {
                    if (value == null) {
                        state().config.remove(name);
                    } else {
                        state().config.put(name, value);
                    }
                }));
        return state().config;
    }

    @Override
    public void switchover(String leader, String candidate, BooleanSupplier led) {
        change("switchover to " + candidate, () -> {
            if (!leader.equals(state().leader)) {
                throw Problem.notPossible("leader name does not match");
            }
            lead(candidate);
        });
    }

    @Override
    public void failover(String candidate, BooleanSupplier led) {
        change("failover to " + candidate, () -> lead(candidate));
    }

    private void lead(String candidate) {
        var winner = named(candidate);
        winner.follows = null;
        state().leader = candidate;
        for (var other : stage.world().directories.values()) {
            if (other != winner && other.running) {
                follow(other, winner);
            }
        }
    }

    private static void follow(Directory other, Directory leader) {
        other.follows = Integer.valueOf(leader.settings.get("port"));
        other.applicationName = other.settings.get(NAME);
        other.slot = other.applicationName.replace('-', '_');
        leader.slots.add(other.slot);
    }

    private Directory named(String member) {
        return stage.world().directories.values().stream()
                .filter(directory -> member.equals(directory.settings.get(NAME)))
                .findFirst()
                .orElseThrow(() -> Problem.notPossible("candidate does not exists"));
    }

    @Override
    public void restart(PatroniMember member, boolean pending) {
        change("restart " + member.name(), () -> {});
    }

    @Override
    public void reload(PatroniMember member) {
        change("reload " + member.name(), () -> {});
    }

    @Override
    public void reinitialize(PatroniMember member) {
        change("reinitialize " + member.name(), () -> {
            named(member.name()).builds++;
            follow(named(member.name()), named(state().leader));
        });
    }
}
