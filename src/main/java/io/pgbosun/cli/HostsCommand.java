package io.pgbosun.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "hosts", description = "Where PostgreSQL's programs run.")
final class HostsCommand extends Noun {
    HostsCommand(Session session) {
        super(session);
    }

    @Command(name = "list", description = "Lists the hosts, by name.")
    int list(@Mixin ListOptions list) {
        var page = send(list.page(Call.get("hosts")));
        return list.table(session, page, "name", "driver", "dataRoot", "postgresVersion", "createTime");
    }

    @Command(name = "get", description = "Shows a host.")
    int get(@Parameters(paramLabel = "HOST", description = "Its name.") String host, @Mixin OutputOptions output) {
        return output.sheet(session, send(Call.get("hosts", host)));
    }
}
