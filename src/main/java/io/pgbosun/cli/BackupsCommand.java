package io.pgbosun.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "backups", description = "Backups, and how sure it is that they can be restored.")
final class BackupsCommand extends Noun {
    BackupsCommand(Session session) {
        super(session);
    }

    @Command(name = "list", description = "Lists the backups of a cluster or of all, newest first.")
    int list(
            @Parameters(paramLabel = "CLUSTER", arity = "0..1", description = "All clusters when left out.")
                    String cluster,
            @Mixin ListOptions list) {
        var call = cluster == null ? Call.get("backups") : Call.get("clusters", cluster, "backups");
        var page = send(list.page(call));
        return list.table(
                session,
                page,
                "id",
                "cluster",
                "repository",
                "type",
                "confidence",
                "databases",
                "sizeBytes",
                "startTime",
                "endTime",
                "lastDrill.endTime:drill",
                "lastDrill.passed:passed",
                "lastDrill.recoverySeconds:recovery",
                "lastDrill.dataAgeSeconds:dataAge");
    }

    @Command(name = "get", description = "Shows a backup and what its confidence rests on.")
    int get(@Parameters(paramLabel = "BACKUP", description = "Its id.") String backup, @Mixin OutputOptions output) {
        return output.sheet(session, send(Call.get("backups", backup)));
    }

    @Command(name = "take", description = "Takes a backup of a cluster.")
    int take(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(names = "--repository", description = "Where to; 'default' when left out.") String repository,
            @Option(names = "--database", split = ",", description = "Only it; repeatable; all when left out.")
                    List<String> databases,
            @Option(names = "--schema-only", description = "No rows.") boolean schemaOnly,
            @Option(names = "--format", paramLabel = "custom|directory", description = "custom when left out.")
                    String format,
            @Option(names = "--jobs", paramLabel = "N", description = "Parallel workers; above 1 only with directory.")
                    Integer jobs,
            @Option(
                            names = "--source",
                            paramLabel = "prefer-standby|primary",
                            description = "Where it is read from; prefer-standby when left out.")
                    String source,
            @Option(
                            names = "--engine",
                            paramLabel = "pg-dump|pg-basebackup|pgbackrest",
                            description = "All but pg-dump take the whole server; pg-dump when left out.")
                    String engine,
            @Option(
                            names = "--backup-type",
                            paramLabel = "full|diff|incr",
                            description = "For pgbackrest alone; full when left out.")
                    String backupType,
            @Mixin StartOptions start) {
        var body = Body.of()
                .text("repository", repository)
                .texts("databases", databases)
                .flag("schemaOnly", schemaOnly)
                .constant("format", format)
                .number("jobs", jobs)
                .constant("source", source)
                .constant("engine", engine)
                .constant("backupType", backupType);
        return start.start(session, Call.post(body, "clusters", cluster, "backups"));
    }

    @Command(name = "hold", description = "Keeps a backup from being removed, by rule or by hand.")
    int hold(
            @Parameters(paramLabel = "BACKUP", description = "Its id.") String backup,
            @Option(names = "--reason", required = true, description = "Why, for those who want to remove it.")
                    String reason,
            @Mixin OutputOptions output) {
        var body = Body.of().text("reason", reason);
        return output.sheet(session, send(Call.put(body, "backups", backup, "hold")));
    }

    @Command(name = "release", description = "Lets a backup go that was held.")
    int release(
            @Parameters(paramLabel = "BACKUP", description = "Its id.") String backup, @Mixin OutputOptions output) {
        send(Call.delete("backups", backup, "hold"));
        return output.done(session, "Nobody holds the backup " + backup + " any more.");
    }

    @Command(name = "expire", description = "Removes the backups and WAL of a cluster that a policy does not keep.")
    int expire(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(names = "--policy", required = true, description = "The backup policy that says what is kept.")
                    String policy,
            @Mixin StartOptions start) {
        return start.start(session, Call.post(Body.of().text("policy", policy), "clusters", cluster, "expirations"));
    }

    @Command(name = "delete", description = "Removes a backup; never the newest one that a drill has proven.")
    int delete(@Parameters(paramLabel = "BACKUP", description = "Its id.") String backup, @Mixin StartOptions start) {
        return start.start(session, Call.delete("backups", backup));
    }
}
