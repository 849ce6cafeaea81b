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

    @Command(
            name = "create",
            description =
                    "Adds a repository, after probing it; the secret key is asked for, or read from PGBOSUN_PASSWORD.")
    int create(
            @Parameters(paramLabel = "REPOSITORY", description = "Its name.") String repository,
            @Option(
                            names = "--type",
                            defaultValue = "filesystem",
                            description = "filesystem, s3 or azure-blob (default: ${DEFAULT-VALUE}).")
                    String type,
            @Option(names = "--path", description = "A directory that the service may write to.") String path,
            @Option(names = "--encrypted", description = "Encrypt backups before they leave the host.")
                    boolean encrypted,
            @Mixin BucketOptions bucket,
            @Mixin OutputOptions output) {
        var body = Body.of()
                .text("name", repository)
                .constant("type", type)
                .text("path", path)
                .flag("encrypted", encrypted);
        bucket.addTo(body, session, Body.constant(type));
        return output.sheet(session, send(Call.post(body, "repositories")));
    }

    @Command(name = "reconcile", description = "Compares the catalogue with what a repository really holds.")
    int reconcile(
            @Parameters(paramLabel = "REPOSITORY", description = "Its name.") String repository,
            @Option(names = "--manifests-only", description = "Reads no file, looks at manifests alone.")
                    boolean manifestsOnly,
            @Mixin StartOptions start) {
        var body = Body.of().flag("manifestsOnly", manifestsOnly);
        return start.start(session, Call.post(body, "repositories", repository, "reconciliations"));
    }

    @Command(name = "keys", description = "Shows the keys that backups are encrypted with; never the keys themselves.")
    int keys(@Mixin OutputOptions output) {
        return output.table(session, send(Call.get("backup-keys")), "id", "current");
    }

    @Command(name = "rotate-keys", description = "Adds a key that backups are encrypted with from now on.")
    int rotateKeys(@Mixin OutputOptions output) {
        return output.sheet(session, send(Call.post(Body.of(), "backup-keys")));
    }

    @Command(name = "delete", description = "Forgets a repository that holds no backups.")
    int delete(
            @Parameters(paramLabel = "REPOSITORY", description = "Its name.") String repository,
            @Mixin OutputOptions output) {
        send(Call.delete("repositories", repository));
        return output.done(session, "Forgot the repository " + repository + "; what is in the place stays.");
    }
}
