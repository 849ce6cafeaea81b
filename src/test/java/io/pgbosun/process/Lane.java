package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgbosun.adapter.Bucket;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.process.BackupTrials.Planned;
import io.pgbosun.process.BackupTrials.Way;
import io.pgbosun.process.Kill.Moment;
import io.pgbosun.process.KillTrials.Trial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One service with clusters, repositories and backups of its own, which is killed in one trial after the other. A way of
 * storing backups is made ready when it is first asked for.
 */
final class Lane implements AutoCloseable {
    /** Archived WAL and what expires of it. */
    static final Way WAL = new Way("wal", "SCRIPT");

    /** What cannot be compressed: the backup is sent in parts. */
    private static final String NOISE = """
            create table noise as select gen_random_uuid() a, gen_random_uuid() b, gen_random_uuid() c from generate_series(1, 400000)
            """;

    private static final Duration ENDED = Duration.ofSeconds(120);

    private final Path folder = Service.newFolder();
    private final Map<Way, BackupTrials> ways = new HashMap<>();
    private final Set<String> stay = new HashSet<>();
    private final Set<String> ready = new HashSet<>();
    private final Bucket s3;
    private final Bucket azure;
    private Service service;
    private Kill kill;

    /** In a bucket and a container of its own. */
    Lane(Bucket s3, Bucket azure) {
        this.s3 = s3;
        this.azure = azure;
    }

    /**
     * Starts its service.
     *
     * @param waits whether the lease of what was killed is waited for
     */
    void start(Scoreboard board, boolean waits) {
        service = Service.first(folder, "api,worker");
        kill = new Kill(service, board, new Leftovers(service, List.of(s3, azure)), waits);
    }

    /** Kills at a moment, and answers whether it came before the end. */
    boolean tried(Planned planned, Moment moment) {
        return tried(prepared(planned), moment);
    }

    boolean tried(Trial trial, Moment moment) {
        return kill.tried(trial, moment);
    }

    /** One that has failed does not keep the next one from being made, nor reach into it. */
    private void revive() {
        if (service.answers("/q/health/ready") != 200) {
            service.kill();
            service.start();
        }
        Eventually.until(
                "what was under way has ended",
                ENDED,
                () -> service.store().number("select count(*) from operation where ended_at is null") == 0);
    }

    Trial prepared(Planned planned) {
        if (planned.way().equals(WAL)) {
            return wal().expire();
        }
        revive();
        if (!ways.containsKey(planned.way())) {
            begin(planned.way());
        }
        return ways.get(planned.way()).of(planned.kind());
    }

    WalTrial wal() {
        revive();
        once("wal", () -> WalTrial.begin(service));
        return WalTrial.prepared(service);
    }

    private void begin(Way way) {
        if (way.isBackRest()) {
            once("rested", this::rested);
        } else {
            once("kept", this::kept);
            once("spare", this::spare);
            once(way.repository(), () -> repository(way.repository()));
        }
        ways.put(way, BackupTrials.of(service, way, stay));
    }

    /** Again when it has failed. */
    private void once(String what, Runnable prepare) {
        if (!ready.contains(what)) {
            prepare.run();
            ready.add(what);
        }
    }

    private Rest rest() {
        return service.rest();
    }

    private void created(String path, String body) {
        var created = rest().post(path, body);
        assertEquals(201, created.status(), created::toString);
    }

    private void kept() {
        rest().provision(BackupTrials.KEPT, 1);
        rest().succeed("/v1/clusters/kept/wal-archive", "{}");
        new Superuser(service, BackupTrials.KEPT).run("shop", NOISE);
    }

    private void spare() {
        rest().provision(BackupTrials.SPARE, 1);
        created("/v1/backup-policies", "{'name':'one','cluster':'spare','retention':{'keepLast':1}}");
    }

    private void rested() {
        rest().provision(BackupTrials.RESTED, 1);
        created("/v1/repositories", directory(BackupTrials.RESTED));
        rest().succeed("/v1/clusters/rested/wal-archive", "{'method':'PGBACKREST','repository':'rested'}");
        created("/v1/backup-policies", "{'name':'rested','cluster':'rested','retention':{'keepLast':1}}");
    }

    private void repository(String name) {
        switch (name) {
            case "default" -> {} // is there
            case "s3" -> created("/v1/repositories", s3.repository(name));
            case "azure" -> created("/v1/repositories", azure.repository(name));
            case "sealed-s3" ->
                created("/v1/repositories", encrypted(s3.repository(name).replace("fleet/", "sealed/")));
            default -> created("/v1/repositories", encrypted(directory(name)));
        }
    }

    private String directory(String name) {
        try {
            var path = Files.createDirectory(folder.resolve(name));
            return "{'name':'%s','type':'FILESYSTEM','path':'%s'}".formatted(name, path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String encrypted(String repository) {
        return repository.substring(0, repository.length() - 1) + ",'encrypted':true}";
    }

    Moment uploading() {
        return new Moment.While("it uploads", () -> !s3.unfinished().isEmpty());
    }

    /** pgBackRest holds this lock as long as it takes a backup. */
    Moment resting() {
        var lock = service.home().resolve("pgbackrest/lock/rested-backup.lock");
        return new Moment.While("pgbackrest is at work", () -> Files.exists(lock));
    }

    @Override
    public void close() {
        if (kill != null) {
            kill.close();
        }
        Service.clear(folder, service);
    }
}
