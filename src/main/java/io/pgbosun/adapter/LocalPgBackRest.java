package io.pgbosun.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgbosun.host.BackupFiles.Damage;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.PgBackRest;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Progress;
import io.pgbosun.host.Spool;
import io.pgbosun.host.WalArchive;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** pgBackRest, started as a program on this host. */
final class LocalPgBackRest implements PgBackRest {
    /** Our ids among the annotations of backups. */
    private static final String OURS = "pgbosun";

    private static final String ARCHIVE = "archive-push \"%p\"";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final BackRestCommand command;
    private final Path path;
    private final String stanza;
    private final PgPrograms programs;
    private final Spool spool;

    LocalPgBackRest(BackRestCommand command, Path path, String stanza, PgPrograms programs, Spool spool) {
        this.command = command;
        this.path = path;
        this.stanza = stanza;
        this.programs = programs;
        this.spool = spool;
    }

    private Path archived() {
        return path.resolve("archive").resolve(stanza);
    }

    private Path stored() {
        return path.resolve("backup").resolve(stanza);
    }

    @Override
    public boolean hasStanza() {
        return Files.exists(archived().resolve("archive.info")) && Files.exists(stored().resolve("backup.info"));
    }

    @Override
    public void createStanza(Path dataDirectory) {
        if (!Files.isDirectory(path.getParent())) {
            throw Problem.notPossible("There is no directory " + path.getParent() + "; see that its disk is mounted.");
        }
        run("stanza-create", List.of("--no-online", "--pg1-path=" + dataDirectory));
    }

    /** Only files about the stanza itself are in it then. */
    @Override
    public void removeEmptyStanza() {
        var info = List.of("archive.info", "archive.info.copy", "backup.info", "backup.info.copy");
        for (var directory : List.of(archived(), stored())) {
            var empty = !Files.exists(directory)
                    || FileTree.files(directory).stream()
                            .allMatch(file -> info.contains(file.getFileName().toString()));
            if (!empty) {
                return;
            }
        }
        FileTree.remove(archived());
        FileTree.remove(stored());
    }

    @Override
    public void check(Endpoint primary, Path dataDirectory) {
        command.ended(command.at(primary, dataDirectory, "check", List.of()).run());
    }

    @Override
    public List<String> backup(
            Endpoint primary, Path dataDirectory, SetType type, UUID backup, Consumer<Progress> progress) {
        var options = List.of(
                "--type=" + type.name().toLowerCase(Locale.ROOT),
                "--annotation=" + OURS + "=" + backup,
                "--log-level-console=detail");
        var outcome = command.ended(command.at(primary, dataDirectory, "backup", options)
                .writingTo(new BackRestProgress(progress))
                .run());
        return outcome.errors().lines().filter(line -> line.contains("WARN:")).toList();
    }

    @Override
    public List<BackupSet> backups() {
        if (!hasStanza()) {
            return List.of();
        }
        var info = info(List.of());
        var versions = info.path("db");
        var sets = new ArrayList<BackupSet>();
        for (var backup : info.path("backup")) {
            sets.add(set(backup, version(versions, backup.at("/database/id").asInt())));
        }
        sets.sort(Comparator.comparing(BackupSet::endTime).thenComparing(BackupSet::label));
        return sets;
    }

    private static int version(JsonNode databases, int id) {
        for (var database : databases) {
            if (database.path("id").asInt() == id) {
                return Integer.parseInt(database.path("version").asText().split("\\.")[0]);
            }
        }
        return 0;
    }

    private BackupSet set(JsonNode backup, int version) {
        var references = new ArrayList<String>();
        backup.path("reference").forEach(label -> references.add(label.asText()));
        var first = backup.at("/archive/start").asText();
        return new BackupSet(
                stanza,
                backup.path("label").asText(),
                SetType.valueOf(backup.path("type").asText().toUpperCase(Locale.ROOT)),
                references,
                ours(backup.at("/annotation/" + OURS).asText("")),
                version,
                first.length() < 8 ? 1 : Integer.parseUnsignedInt(first.substring(0, 8), 16),
                Lsn.parse(backup.at("/lsn/start").asText("0/0")),
                Lsn.parse(backup.at("/lsn/stop").asText("0/0")),
                first,
                backup.at("/archive/stop").asText(),
                Instant.ofEpochSecond(backup.at("/timestamp/start").asLong()),
                // seconds are cut off: only after this one it has surely ended
                Instant.ofEpochSecond(backup.at("/timestamp/stop").asLong() + 1),
                backup.at("/info/repository/delta").asLong());
    }

    private static UUID ours(String text) {
        return text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}") ? UUID.fromString(text) : null;
    }

    private JsonNode info(List<String> options) {
        var all = new ArrayList<>(options);
        all.add("--output=json");
        var said = new ByteArrayOutputStream();
        command.ended(command.of("info", all).writingTo(said).run());
        try {
            return JSON.readTree(said.toString(StandardCharsets.UTF_8)).path(0);
        } catch (JsonProcessingException e) {
            throw Problem.of(ProblemType.PROGRAM_FAILED, "pgbackrest info answers no JSON.", e);
        }
    }

    @Override
    public List<String> databases(String label) {
        var names = new ArrayList<String>();
        info(List.of("--set=" + label))
                .at("/backup/0/database-ref")
                .forEach(database -> names.add(database.path("name").asText()));
        return names;
    }

    @Override
    public Map<String, List<Damage>> verify() {
        var verdict = new BackRestVerdict();
        command.ended(command.of("verify", List.of("--output=text", "--verbose", "--log-level-console=info"))
                .writingTo(verdict)
                .run());
        return verdict.of(backups());
    }

    @Override
    public void expire(String label) {
        run("expire", List.of("--set=" + label));
    }

    @Override
    public void restore(String label, Path dataDirectory) {
        var aside = ServerPrograms.clear(new LocalFiles(), dataDirectory, ServerPrograms.BASEBACKUP);
        run("restore", List.of("--set=" + label, "--type=none", "--pg1-path=" + aside));
        IoProblem.doing(dataDirectory, "cannot be put in place", () -> FileTree.rename(aside, dataDirectory));
    }

    private void run(String name, List<String> options) {
        command.ended(command.of(name, options).run());
    }

    @Override
    public String archiveCommand() {
        return command.forServer(ARCHIVE);
    }

    @Override
    public boolean isArchiveCommand(String text) {
        return command.isForServer(text, ARCHIVE);
    }

    @Override
    public String restoreCommand() {
        return command.forServer("archive-get %f \"%p\"");
    }

    @Override
    public WalArchive archive() {
        return new BackRestWalArchive(this, archived(), programs, spool);
    }
}
