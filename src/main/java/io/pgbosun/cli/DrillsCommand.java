package io.pgbosun.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "drills", description = "Restores made only to prove a backup.")
final class DrillsCommand extends Noun {
    DrillsCommand(Session session) {
        super(session);
    }

    @Command(name = "list", description = "Lists the drills of a cluster, newest first.")
    int list(@Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster, @Mixin ListOptions list) {
        var page = send(list.page(Call.get("clusters", cluster, "drills")));
        return list.table(
                session, page, "id", "backup", "passed", "recoverySeconds", "dataAgeSeconds", "startTime", "endTime");
    }

    @Command(
            name = "run",
            description = "Restores a backup into a scratch instance, checks what is there, and cleans up.",
            footerHeading = "%nExample:%n",
            footer = {
                "  ${ROOT-COMMAND-NAME} drills run demo --amcheck demo \\",
                "      --rows 'demo.orders>=1000' --fresh 'demo.orders.created_at<=1h' \\",
                "      --sql 'demo: select sum(amount) from orders where id < 3 == 4.98'",
                "With assertions that all hold the backup is ASSERTED, without any RESTORED.",
                "A database name with a dot goes in double quotes: '\"my.db\".orders>=1'."
            })
    int run(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(names = "--backup", description = "Which to prove; the newest when left out.") String backup,
            @Mixin AssertionOptions assertions,
            @Option(names = "--no-compare", description = "Do not compare with the drill before.") boolean alone,
            @Option(
                            names = "--max-shrink-percent",
                            paramLabel = "N",
                            description = "By how much a database or table may be smaller than then; 50 when left out.")
                    Integer maxShrinkPercent,
            @Mixin StartOptions start) {
        var body = Body.of()
                .text("backup", backup)
                .bodies("assertions", assertions.bodies())
                .unless("compare", alone)
                .number("maxShrinkPercent", maxShrinkPercent);
        return start.start(session, Call.post(body, "clusters", cluster, "drills"));
    }
}
