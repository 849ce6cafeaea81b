package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.fire.Scoreboard;
import io.pgbosun.fire.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** R8: every file of a stored backup is damaged in every way; the drill and the restore find and name it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorruptedBackupIT {
    private final Scoreboard board =
            Scoreboard.of("R8", "every file of a backup: bit flipped, truncated, deleted, swapped");
    private final Random random = Seed.of(CorruptedBackupIT.class).random("damage");
    private final Path folder = Service.newFolder();
    private final Path aside = folder.resolve("aside");
    private Service service;
    private List<String> databases;

    /** What happens to a file. */
    private enum Damage {
        FLIPPED_BIT,
        TRUNCATED,
        DELETED,
        SWAPPED
    }

    @BeforeAll
    void start() throws IOException {
        service = Service.first(folder, "api,worker");
        service.rest().provision("stored", 1);
        databases = databases();
        Files.createDirectories(aside);
    }

    @AfterAll
    void clear() {
        board.show();
        Service.clear(folder, service);
    }

    private List<String> databases() {
        return service.rest().get("/v1/clusters/stored/databases").json().getList("items.name");
    }

    @Test
    void no_damage_goes_unseen_or_is_restored() throws IOException {
        for (var format : List.of("CUSTOM", "DIRECTORY")) {
            var backup = service.rest()
                    .succeed("/v1/clusters/stored/backups", "{'databases':['shop'],'format':'%s'}".formatted(format))
                    .getString("result.backup");
            var files = files(service.home().resolve("backups").resolve(backup));
            assertTrue(files.size() > 1, files::toString);
            for (var file : files) {
                for (var damage : Damage.values()) {
                    for (int offset = 0;
                            offset < (damage == Damage.FLIPPED_BIT ? Scoreboard.size(1, 20) : 1);
                            offset++) {
                        board.run(() -> damage(backup, files, file, damage));
                    }
                }
            }
            service.rest().succeed("/v1/clusters/stored/drills", "{'backup':'%s'}".formatted(backup));
        }
        new Oracle(service).refuseFindings();
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
    }

    private static List<Path> files(Path backup) throws IOException {
        try (var all = Files.walk(backup)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private void damage(String backup, List<Path> files, Path file, Damage damage) throws IOException {
        var other = another(files, file);
        var kept = Files.copy(file, aside.resolve("kept"), StandardCopyOption.REPLACE_EXISTING);
        var otherKept = Files.copy(other, aside.resolve("other"), StandardCopyOption.REPLACE_EXISTING);
        switch (damage) {
            case FLIPPED_BIT -> flip(file);
            case TRUNCATED ->
                Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), random.nextInt((int)
                        Files.size(file))));
            case DELETED -> Files.delete(file);
            case SWAPPED -> {
                Files.copy(otherKept, file, StandardCopyOption.REPLACE_EXISTING);
                Files.copy(kept, other, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        var named = new ArrayList<>(List.of(file.getFileName().toString()));
        if (damage == Damage.SWAPPED) {
            named.add(other.getFileName().toString());
        }
        refused("drills", "{'backup':'%s'}".formatted(backup), named);
        refused("restores", "{'backup':'%s','database':'shop'}".formatted(backup), named);
        assertEquals(databases, databases(), "nothing was restored");
        Files.copy(kept, file, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(otherKept, other, StandardCopyOption.REPLACE_EXISTING);
    }

    /** One that holds something else. */
    private static Path another(List<Path> files, Path file) throws IOException {
        for (int i = 1; i < files.size(); i++) {
            var other = files.get((files.indexOf(file) + i) % files.size());
            if (Files.mismatch(file, other) >= 0) {
                return other;
            }
        }
        throw new AssertionError("all files are alike: " + files);
    }

    private void flip(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        var bit = random.nextInt(bytes.length * 8);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        Files.write(file, bytes);
    }

    /** On the call, or by the operation. */
    private void refused(String what, String body, List<String> named) {
        var answer = service.rest().post("/v1/clusters/stored/" + what, body);
        var problem = answer.status() == 202
                ? service.rest()
                        .ended(answer.started(), Duration.ofSeconds(60))
                        .<java.util.Map<String, Object>>get("problem")
                : answer.json().<java.util.Map<String, Object>>get("");
        assertTrue(problem != null, what + " has taken what was damaged: " + named);
        assertEquals("urn:pgbosun:problem:damaged", problem.get("type"), problem::toString);
        named.forEach(name -> assertTrue(problem.get("detail").toString().contains(name), problem + " names " + name));
    }
}
