package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgbosun.fire.Scoreboard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * R7: a repository on a file system of 1 MiB. It is mounted in a name space of its own, which an ordinary user may make on
 * most hosts; where not, this is skipped.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DiskFullIT {
    private final Path folder = Service.newFolder();
    private final Path tiny = folder.resolve("tiny");
    private final Scoreboard board = Scoreboard.of("R7", "a backup to a file system of 1 MiB");
    private Service service;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        Files.createDirectories(tiny);
        assumeTrue(run("true").isEmpty(), "this host lets no ordinary user mount a tmpfs in a name space of its own");
        service = Service.first(folder, "api,worker", inNamespace());
        service.rest().provision("large", 10);
        var made = service.rest()
                .post("/v1/repositories", "{'name':'tiny','type':'FILESYSTEM','path':'%s'}".formatted(tiny));
        assertEquals(201, made.status(), made.toString());
    }

    @AfterAll
    void clear() {
        board.show();
        Service.clear(folder, service);
    }

    /** Root in the outer name space, to mount; who we are in the inner one, since PostgreSQL does not run as root. */
    private List<String> inNamespace() throws IOException, InterruptedException {
        var script =
                "mount -t tmpfs -o size=1m,mode=0777 tmpfs '%s' && exec unshare -U --map-user=%s --map-group=%s \"$@\""
                        .formatted(tiny, id("-u"), id("-g"));
        return List.of("unshare", "-Urm", "sh", "-c", script, "sh");
    }

    private static String id(String which) throws IOException {
        var process = new ProcessBuilder("id", which).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    /** What a program says in the name space; nothing when all is well. */
    private String run(String program) throws IOException, InterruptedException {
        var command = new java.util.ArrayList<>(inNamespace());
        command.add(program);
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : "failed: " + said;
    }

    @Test
    void a_full_disk_fails_the_backup_removes_its_part_and_leaves_earlier_backups_whole() {
        var small = service.rest()
                .succeed("/v1/clusters/large/backups", "{'repository':'tiny','databases':['postgres']}")
                .getString("result.backup");
        for (var body : List.of(
                "{'repository':'tiny','databases':['shop']}",
                "{'repository':'tiny','databases':['shop'],'format':'DIRECTORY','jobs':2}")) {
            board.run(() -> full(body, small));
        }
        service.rest()
                .succeed("/v1/clusters/large/backups", "{'repository':'tiny','databases':['postgres']}"); // room again
        assertEquals(200, service.answers("/q/health/ready"));
        new Oracle(service).refuseFindings();
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
    }

    private void full(String body, String small) {
        var operation = service.rest().post("/v1/clusters/large/backups", body).started();
        var ended = service.rest().ended(operation, Duration.ofSeconds(120));
        assertEquals("FAILED", ended.getString("state"), ended.prettify());
        assertEquals("urn:pgbosun:problem:disk-full", ended.getString("problem.type"), ended.prettify());
        assertEquals("UNDONE", ended.getString("steps.find { it.name == 'open a place aside' }.state"));
        assertEquals(
                List.of(small),
                service.rest().get("/v1/clusters/large/backups").json().getList("items.id"));
        service.rest().succeed("/v1/clusters/large/drills", "{'backup':'%s'}".formatted(small));
    }
}
