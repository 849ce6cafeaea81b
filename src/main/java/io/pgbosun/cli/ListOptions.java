package io.pgbosun.cli;

import picocli.CommandLine.Option;

/** How a list is asked for and printed. */
final class ListOptions extends OutputOptions {
    @Option(names = "--page-size", paramLabel = "N", description = "At most so many; 50 when left out, at most 500.")
    private Integer pageSize;

    @Option(names = "--page-token", paramLabel = "TOKEN", description = "Go on where the page before ended.")
    private String pageToken;

    Call page(Call call) {
        return call.with("pageSize", pageSize).with("pageToken", pageToken);
    }
}
