package io.pgbosun.patroni;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.PatroniMembers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.operation.Wait;
import io.pgbosun.patroni.ConfigurePatroni.ConfigurePatroniResult;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

@Singleton
class ConfigurePatroniHandler implements OperationHandler<ConfigurePatroni, ConfigurePatroniResult> {
    private final ClusterStore clusters;
    private final PatroniMembers members;

    ConfigurePatroniHandler(ClusterStore clusters, PatroniMembers members) {
        this.clusters = clusters;
        this.members = members;
    }

    /** What the settings were; null for what was not set. */
    record Before(Map<String, Object> values) {}

    @Override
    public void check(Target target, ConfigurePatroni spec, Checks checks) {
        var cluster = clusters.get(target.id());
        PatroniMembers.require(cluster, checks);
        if (!cluster.isPatroni()) {
            return;
        }
        var before = before(cluster, spec);
        checks.want(
                "something changes",
                !same(before.values(), wanted(spec)),
                "it is so already",
                "another value",
                "Nothing is done.");
        checks.restsOn("settings", DynamicSettings.flat(before.values()));
    }

    @Override
    public ConfigurePatroniResult run(Target target, ConfigurePatroni spec, Steps steps) {
        var cluster = clusters.get(target.id());
        var before = steps.get("read what is set", Before.class, () -> before(cluster, spec));
        var wanted = wanted(spec);
        steps.ensure(
                "change Patroni's configuration",
                () -> same(before(cluster, spec).values(), wanted),
                () -> change(cluster, spec, wanted),
                () -> change(cluster, spec, before.values()));
        return new ConfigurePatroniResult(wanted.keySet().stream()
                .filter(path -> !same(before.values().get(path), wanted.get(path)))
                .sorted()
                .toList());
    }

    private void change(ClusterRecord cluster, ConfigurePatroni spec, Map<String, Object> values) {
        members.of(cluster).patchConfig(DynamicSettings.change(values));
        Wait.until(
                "Patroni has taken it in",
                ControlPatroniHandler.TAKEN_IN_WITHIN,
                () -> same(before(cluster, spec).values(), values));
    }

    private Before before(ClusterRecord cluster, ConfigurePatroni spec) {
        var config = members.of(cluster).config();
        var values = new HashMap<String, Object>();
        wanted(spec).keySet().forEach(path -> values.put(path, DynamicSettings.at(config, path)));
        return new Before(values);
    }

    private static Map<String, Object> wanted(ConfigurePatroni spec) {
        var wanted = new HashMap<String, Object>();
        spec.set().forEach((path, value) -> wanted.put(path, DynamicSettings.typed(value)));
        spec.remove().forEach(path -> wanted.put(path, null));
        return wanted;
    }

    /** Numbers of JSON come as whichever type they fit in. */
    private static boolean same(Object one, Object other) {
        return Objects.equals(String.valueOf(one), String.valueOf(other));
    }

    private static boolean same(Map<String, Object> some, Map<String, Object> others) {
        return some.keySet().equals(others.keySet())
                && some.keySet().stream().allMatch(path -> same(some.get(path), others.get(path)));
    }
}
