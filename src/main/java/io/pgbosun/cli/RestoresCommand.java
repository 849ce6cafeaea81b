package io.pgbosun.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "restores", description = "Restores of backups.")
final class RestoresCommand extends Noun {
    RestoresCommand(Session session) {
        super(session);
    }

    @Command(name = "start", description = "Restores a database of a backup aside, and swaps it in on request.")
    int start(
            @Parameters(paramLabel = "CLUSTER", description = "The cluster to restore into.") String cluster,
            @Option(names = "--backup", required = true, description = "Of this cluster or of another one.")
                    String backup,
            @Option(names = "--database", required = true, description = "The database in the backup.") String database,
            @Option(
                            names = "--into",
                            paramLabel = "NAME",
                            description = "The new database; a name is made when left out.")
                    String into,
            @Option(names = "--table", split = ",", description = "Only it; repeatable; all when left out.")
                    List<String> tables,
            @Option(names = "--swap", description = "Then put it in the place of the existing one, which is kept.")
                    boolean swap,
            @Option(names = "--no-owners", description = "Without owners and privileges.") boolean noOwners,
            @Option(names = "--jobs", paramLabel = "N", description = "Parallel workers; 2 when left out.")
                    Integer jobs,
            @Option(
                            names = "--script",
                            paramLabel = "FILE",
                            description = "SQL that must succeed before it is opened to its users; repeatable.")
                    List<Path> scripts,
            @Mixin StartOptions start) {
        var body = Body.of()
                .text("backup", backup)
                .text("database", database)
                .text("into", into)
                .texts("tables", tables)
                .flag("swap", swap)
                .unless("owners", noOwners)
                .number("jobs", jobs)
                .contents("scripts", scripts);
        return start.start(session, Call.post(body, "clusters", cluster, "restores"));
    }

    @Command(name = "mark", description = "Names a restore point, to which the cluster can be recovered.")
    int mark(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Parameters(paramLabel = "NAME", description = "Of the point.") String name,
            @Mixin StartOptions start) {
        return start.start(session, Call.post(Body.of().text("name", name), "clusters", cluster, "restore-points"));
    }
}
