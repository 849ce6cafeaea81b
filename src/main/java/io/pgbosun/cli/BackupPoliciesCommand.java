package io.pgbosun.cli;

import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "backup-policies", description = "How long backups and archived WAL are kept.")
final class BackupPoliciesCommand extends Noun {
    BackupPoliciesCommand(Session session) {
        super(session);
    }

    /** How much is kept. */
    static final class Retention {
        @Option(names = "--keep-last", paramLabel = "N", description = "The newest N backups.")
        private Integer keepLast;

        @Option(names = "--hourly", paramLabel = "N", description = "The newest one of each of the last N hours.")
        private Integer hourly;

        @Option(names = "--daily", paramLabel = "N", description = "The newest one of each of the last N days.")
        private Integer daily;

        @Option(names = "--weekly", paramLabel = "N", description = "The newest one of each of the last N weeks.")
        private Integer weekly;

        @Option(names = "--monthly", paramLabel = "N", description = "The newest one of each of the last N months.")
        private Integer monthly;

        @Option(names = "--yearly", paramLabel = "N", description = "The newest one of each of the last N years.")
        private Integer yearly;

        @Option(names = "--minimum-age-days", paramLabel = "N", description = "All that are younger.")
        private Integer minimumAgeDays;

        @Option(
                names = "--wal-days",
                paramLabel = "N",
                description = "Archived WAL for every moment of so many days; all of it when left out.")
        private Integer walDays;

        @Option(names = "--zone", description = "The time zone in which days begin; UTC when left out.")
        private String zone;

        private Body body() {
            return Body.of()
                    .number("keepLast", keepLast)
                    .number("hourly", hourly)
                    .number("daily", daily)
                    .number("weekly", weekly)
                    .number("monthly", monthly)
                    .number("yearly", yearly)
                    .number("minimumAgeDays", minimumAgeDays)
                    .number("walDays", walDays)
                    .text("zone", zone);
        }
    }

    @Command(name = "list", description = "Lists the backup policies, by name.")
    int list(@Mixin ListOptions list) {
        var page = send(list.page(Call.get("backup-policies")));
        return list.table(session, page, "name", "cluster", "selector", "retention", "createTime");
    }

    @Command(name = "get", description = "Shows a backup policy.")
    int get(@Parameters(paramLabel = "POLICY", description = "Its name.") String policy, @Mixin OutputOptions output) {
        return output.sheet(session, send(Call.get("backup-policies", policy)));
    }

    @Command(name = "create", description = "Makes a backup policy; it removes nothing until you run 'backups expire'.")
    int create(
            @Parameters(paramLabel = "POLICY", description = "Its name.") String policy,
            @Option(names = "--cluster", description = "For it alone; for any when left out.") String cluster,
            @Option(
                            names = "--selector",
                            split = ",",
                            paramLabel = "KEY=VALUE",
                            description = "For clusters with this label; repeatable.")
                    Map<String, String> selector,
            @ArgGroup(multiplicity = "1", exclusive = false) Retention retention,
            @Mixin OutputOptions output) {
        var body = Body.of()
                .text("name", policy)
                .text("cluster", cluster)
                .map("selector", selector)
                .body("retention", retention.body());
        return output.sheet(session, send(Call.post(body, "backup-policies")));
    }

    @Command(
            name = "preview",
            description = "Tells what a policy would remove of a cluster's backups and WAL, and why not.")
    int preview(
            @Parameters(paramLabel = "POLICY", description = "Its name.") String policy,
            @Parameters(paramLabel = "CLUSTER", description = "Whose backups.") String cluster,
            @Mixin OutputOptions output) {
        var call = Call.get("clusters", cluster, "backups", "retention-preview").with("policy", policy);
        return output.sheet(session, send(call));
    }

    @Command(name = "delete", description = "Forgets a backup policy; what names it is refused from then on.")
    int delete(
            @Parameters(paramLabel = "POLICY", description = "Its name.") String policy, @Mixin OutputOptions output) {
        send(Call.delete("backup-policies", policy));
        return output.done(session, "Forgot the backup policy " + policy + ".");
    }
}
