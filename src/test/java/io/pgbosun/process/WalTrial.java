package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.pgbosun.process.Kill.Moment;
import io.pgbosun.process.KillTrials.Trial;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * An expire that removes archived WAL with the older one of two backups; what is in the archive in the end is compared with
 * what the policy said before.
 *
 * @param going the names of the files that go, the oldest first
 * @param staying those of the others
 */
record WalTrial(Service service, List<String> going, List<String> staying) {
    private static final String NAME = "walled";
    private static final String CLUSTER = "/v1/clusters/" + NAME;
    private static final String PREVIEW = CLUSTER + "/backups/retention-preview?policy=wal";
    private static final int SEGMENTS = 4;
    private static final Duration ARRIVES = Duration.ofSeconds(60);

    /** Makes a cluster that archives its WAL, and the policy. */
    static void begin(Service service) {
        service.rest().provision(NAME, 1);
        service.rest().succeed(CLUSTER + "/wal-archive", "{}");
        var made = service.rest()
                .post(
                        "/v1/backup-policies",
                        "{'name':'wal','cluster':'walled','retention':{'keepLast':1,'walDays':0}}");
        if (made.status() != 201) {
            throw new AssertionError(made.toString());
        }
    }

    static WalTrial prepared(Service service) {
        take(service);
        for (int i = 0; i < SEGMENTS; i++) {
            fill(service);
        }
        take(service);
        fill(service);
        var stretches = service.rest().get(PREVIEW).json().<Map<String, Object>>getList("wal");
        var all = archived(service);
        var going = all.stream().filter(name -> goes(stretches, name)).toList();
        assertFalse(going.isEmpty(), stretches::toString);
        return new WalTrial(
                service,
                going,
                all.stream().filter(name -> !going.contains(name)).toList());
    }

    private static void take(Service service) {
        service.rest().succeed(CLUSTER + "/backups", "{'engine':'PG_BASEBACKUP'}");
    }

    /** Ends a segment that holds something, and waits until it is archived. */
    private static void fill(Service service) {
        var superuser = new Superuser(service, NAME);
        superuser.run("shop", "create table if not exists moved (x int); insert into moved values (1)");
        var segment =
                superuser.values("select pg_walfile_name(pg_switch_wal())").getFirst();
        Eventually.until(segment + " arrives", ARRIVES, () -> archived(service).contains(segment));
    }

    private static List<String> archived(Service service) {
        return Leftovers.entries(archive(service))
                .map(file -> file.getFileName().toString())
                .sorted()
                .toList();
    }

    private static Path archive(Service service) {
        return service.home().resolve("backups/wal").resolve(NAME);
    }

    /** The cluster has one timeline. */
    private static boolean goes(List<Map<String, Object>> stretches, String name) {
        var segment = name.substring(0, 24);
        return stretches.stream()
                .filter(stretch -> (boolean) stretch.get("goes"))
                .anyMatch(stretch -> segment.compareTo(stretch.get("first").toString()) >= 0
                        && segment.compareTo(stretch.get("last").toString()) <= 0);
    }

    Trial expire() {
        return new Trial(
                "expire",
                12,
                () -> service.rest().post(CLUSTER + "/expirations", "{'policy':'wal'}"),
                this::isAsThePolicySaid);
    }

    /** More may have been archived since. */
    private boolean isAsThePolicySaid() {
        var now = archived(service);
        var recoverable = service.rest().get(CLUSTER + "/recoverability").json();
        return going.stream().noneMatch(now::contains)
                && now.containsAll(staying)
                && recoverable.getList("holes").isEmpty()
                && recoverable.getList("intervals").size() == 1;
    }

    /** When the first file is gone. */
    Moment within() {
        return new Moment.While("WAL is removed", () -> !archived(service).contains(going.getFirst()));
    }
}
