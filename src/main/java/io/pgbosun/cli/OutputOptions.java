package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Option;

/** How an answer is printed. */
class OutputOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            defaultValue = "table",
            description = "table for people, json as the API tells it (default: ${DEFAULT-VALUE}).")
    Form form;

    /** The two ways to print. */
    enum Form {
        table,
        json
    }

    /** One thing with all its fields. */
    int sheet(Session session, JsonNode thing) {
        if (form == Form.json) {
            session.out().println(Api.pretty(thing));
        } else {
            Sheet.print(session.out(), thing, "");
        }
        return Cli.OK;
    }

    /** A page of a list, with the given fields as columns. */
    int table(Session session, JsonNode page, String... fields) {
        if (form == Form.json) {
            session.out().println(Api.pretty(page));
            return Cli.OK;
        }
        Table.of(page.path("items"), fields).print(session.out(), "");
        var next = page.path("nextPageToken").asText("");
        if (!next.isEmpty()) {
            session.err().println("There are more: --page-token " + next);
        }
        return Cli.OK;
    }

    int operation(Session session, JsonNode operation) {
        if (form == Form.json) {
            session.out().println(Api.pretty(operation));
        } else {
            OperationPage.print(session.out(), operation);
        }
        return Cli.OK;
    }

    int done(Session session, String line) {
        if (form == Form.table) {
            session.out().println(line);
        }
        return Cli.OK;
    }
}
