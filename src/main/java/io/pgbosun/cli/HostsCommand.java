package io.pgbosun.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "hosts", description = "Where PostgreSQL's programs run.")
final class HostsCommand extends Noun {
    HostsCommand(Session session) {
        super(session);
    }

    @Command(name = "list", description = "Lists the hosts, by name.")
    int list(@Mixin ListOptions list) {
        var page = send(list.page(Call.get("hosts")));
        return list.table(session, page, "name", "driver", "address", "dataRoot", "postgresVersion", "createTime");
    }

    @Command(name = "get", description = "Shows a host.")
    int get(@Parameters(paramLabel = "HOST", description = "Its name.") String host, @Mixin OutputOptions output) {
        return output.sheet(session, send(Call.get("hosts", host)));
    }

    @Command(
            name = "create",
            description =
                    "Adds a host that is reached by SSH, after looking at it; the service logs in with its own key.")
    int create(
            @Parameters(paramLabel = "HOST", description = "Its name.") String host,
            @Option(
                            names = "--data-root",
                            required = true,
                            description = "Below it clusters get their data directories.")
                    String dataRoot,
            @Option(names = "--address", required = true, description = "Where it is reached, and its servers listen.")
                    String address,
            @Option(names = "--ssh-port", description = "Of SSH; 22 when left out.") Integer sshPort,
            @Option(names = "--ssh-user", description = "Whose the servers are; postgres when left out.")
                    String sshUser,
            @Option(
                            names = "--host-key",
                            required = true,
                            description =
                                    "The one key that it may show, as ssh-keyscan prints it: 'ssh-ed25519 AAAA...'.")
                    String hostKey,
            @Option(
                            names = "--network",
                            description =
                                    "From where clients and standbys may log in, such as 10.0.0.0/24; can be repeated.")
                    List<String> networks,
            @Option(names = "--bin-directory", description = "Where PostgreSQL's programs are.") String binDirectory,
            @Mixin OutputOptions output) {
        var body = Body.of()
                .text("name", host)
                .constant("driver", "ssh")
                .text("dataRoot", dataRoot)
                .text("address", address)
                .number("sshPort", sshPort)
                .text("sshUser", sshUser)
                .text("hostKey", hostKey)
                .texts("networks", networks)
                .text("binDirectory", binDirectory);
        return output.sheet(session, send(Call.post(body, "hosts")));
    }

    @Command(name = "delete", description = "Forgets a host that no instance is on.")
    int delete(@Parameters(paramLabel = "HOST", description = "Its name.") String host, @Mixin OutputOptions output) {
        send(Call.delete("hosts", host));
        return output.done(session, "Forgot the host " + host + ".");
    }
}
