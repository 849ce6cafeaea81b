package io.pgbosun.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "repositories", description = "Where backups live.")
final class RepositoriesCommand extends Noun {
    RepositoriesCommand(Session session) {
        super(session);
    }

    @Command(name = "list", description = "Lists the repositories, by name.")
    int list(@Mixin ListOptions list) {
        var page = send(list.page(Call.get("repositories")));
        return list.table(session, page, "name", "type", "path", "backupCount", "sizeBytes", "createTime");
    }

    @Command(name = "get", description = "Shows a repository.")
    int get(
            @Parameters(paramLabel = "REPOSITORY", description = "Its name.") String repository,
            @Mixin OutputOptions output) {
        return output.sheet(session, send(Call.get("repositories", repository)));
    }

    @Command(name = "create", description = "Adds a repository, after probing it.")
    int create(
            @Parameters(paramLabel = "REPOSITORY", description = "Its name.") String repository,
            @Option(
                            names = "--type",
                            defaultValue = "filesystem",
                            description = "What it is on (default: ${DEFAULT-VALUE}).")
                    String type,
            @Option(names = "--path", required = true, description = "A directory that the service may write to.")
                    String path,
            @Mixin OutputOptions output) {
        var body = Body.of().text("name", repository).constant("type", type).text("path", path);
        return output.sheet(session, send(Call.post(body, "repositories")));
    }

    @Command(name = "delete", description = "Forgets a repository that holds no backups.")
    int delete(
            @Parameters(paramLabel = "REPOSITORY", description = "Its name.") String repository,
            @Mixin OutputOptions output) {
        send(Call.delete("repositories", repository));
        return output.done(session, "Forgot the repository " + repository + "; its directory is still there.");
    }
}
