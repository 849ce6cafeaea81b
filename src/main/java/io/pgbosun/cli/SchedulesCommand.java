package io.pgbosun.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "schedules", description = "Operations that the clock starts.")
final class SchedulesCommand extends Noun {
    SchedulesCommand(Session session) {
        super(session);
    }

    @Command(name = "list", description = "Lists the schedules, by name.")
    int list(@Mixin ListOptions list) {
        var page = send(list.page(Call.get("schedules")));
        return list.table(
                session, page, "name", "kind", "target", "selector", "cron", "zone", "paused", "nextFireTime");
    }

    @Command(name = "get", description = "Shows when a schedule fires next, and what came of its last firing.")
    int get(
            @Parameters(paramLabel = "SCHEDULE", description = "Its name.") String schedule,
            @Mixin OutputOptions output) {
        return output.sheet(session, send(Call.get("schedules", schedule)));
    }

    @Command(name = "create", description = "Makes a schedule of an operation that you may start.")
    int create(
            @Parameters(paramLabel = "SCHEDULE", description = "Its name.") String schedule,
            @Option(names = "--kind", required = true, description = "What is started, such as backup.") String kind,
            @Option(names = "--target", description = "On what, such as clusters/orders.") String target,
            @Option(
                            names = "--selector",
                            split = ",",
                            paramLabel = "KEY=VALUE",
                            description = "On all clusters with this label; repeatable.")
                    Map<String, String> selector,
            @Option(
                            names = "--cron",
                            required = true,
                            paramLabel = "'M H D M W'",
                            description = "Minute, hour, day of the month, month, day of the week.")
                    String cron,
            @Option(names = "--zone", description = "The time zone of the cron; UTC when left out.") String zone,
            @Option(names = "--spec", paramLabel = "JSON", description = "Parameters; all defaults when left out.")
                    String spec,
            @Option(
                            names = "--jitter-seconds",
                            paramLabel = "N",
                            description = "Each firing comes up to so much later.")
                    Integer jitterSeconds,
            @Option(names = "--missed-runs", paramLabel = "run-once|skip", description = "run-once when left out.")
                    String missedRuns,
            @Option(names = "--overlap", paramLabel = "skip|queue", description = "skip when left out.") String overlap,
            @Mixin OutputOptions output) {
        var body = Body.of()
                .text("name", schedule)
                .text("kind", kind)
                .text("target", target)
                .map("selector", selector)
                .text("cron", cron)
                .text("zone", zone)
                .json("spec", spec)
                .number("jitterSeconds", jitterSeconds)
                .constant("missedRuns", missedRuns)
                .constant("overlap", overlap);
        return output.sheet(session, send(Call.post(body, "schedules")));
    }

    @Command(name = "pause", description = "Pauses a schedule.")
    int pause(
            @Parameters(paramLabel = "SCHEDULE", description = "Its name.") String schedule,
            @Mixin OutputOptions output) {
        return output.sheet(session, send(Call.patch(Body.of().flag("paused", true), "schedules", schedule)));
    }

    @Command(name = "resume", description = "Lets a schedule go on, without what it would have fired meanwhile.")
    int resume(
            @Parameters(paramLabel = "SCHEDULE", description = "Its name.") String schedule,
            @Mixin OutputOptions output) {
        return output.sheet(session, send(Call.patch(Body.of().unless("paused", true), "schedules", schedule)));
    }

    @Command(name = "delete", description = "Forgets a schedule; what it has started goes on.")
    int delete(
            @Parameters(paramLabel = "SCHEDULE", description = "Its name.") String schedule,
            @Mixin OutputOptions output) {
        send(Call.delete("schedules", schedule));
        return output.done(session, "Forgot the schedule " + schedule + "; what it has started goes on.");
    }
}
