package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether and how an operation is followed, and how its outcome is printed. */
class WaitOptions extends OutputOptions {
    @Option(names = "--no-wait", description = "Do not wait for its end: exit 0 means that it was accepted.")
    private boolean noWait;

    @Mixin
    private FollowOptions followed;

    /** Follows the operation, prints what became of it and answers the exit code. */
    int finish(Session session, JsonNode accepted) {
        if (noWait) {
            return operation(session, accepted);
        }
        var ended = followed.follow(session, accepted.path("id").asText());
        operation(session, ended);
        return OperationPage.succeeded(ended) ? Cli.OK : Cli.NOT_SUCCEEDED;
    }
}
