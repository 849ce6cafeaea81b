package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** What the quickstart says on its way, and at its end. */
final class QuickstartReport {
    private final Session session;
    private final PrintStream out;
    private final List<Milestone> milestones = new ArrayList<>();
    private String what = "";
    private JsonNode assertions = MissingNode.getInstance();

    /** Something that was done. */
    private record Milestone(String what, String state, String took, String figures) {}

    QuickstartReport(Session session) {
        this.session = session;
        this.out = session.out();
    }

    void begin(String what) {
        this.what = what;
        out.printf("%d. %s%n", milestones.size() + 1, what);
    }

    void end(JsonNode operation, String figures) {
        var state = OperationPage.state(operation);
        var took = Format.duration(OperationPage.lasted(operation));
        milestones.add(new Milestone(operation.path("kind").asText(), state, took, figures));
        out.printf("   %s after %s; %s%n", state, took, Format.clean(figures));
        if (!OperationPage.succeeded(operation)) {
            ProblemPage.print(out, operation.path("problem"));
        }
    }

    void skip(String what, String why) {
        begin(what);
        out.printf("   not needed: %s%n", why);
        milestones.add(new Milestone("backup and drill", "NOT NEEDED", "-", why));
    }

    void assertions(JsonNode assertions) {
        this.assertions = assertions;
    }

    void print(boolean all, String backup) {
        out.println();
        var results = new Table("WHAT", "STATE", "TOOK", "FIGURES").right(2);
        milestones.forEach(done -> results.row(done.what(), done.state(), done.took(), Format.clean(done.figures())));
        results.print(out, "");
        assertionTable();
        out.println();
        if (all) {
            whereThingsAre();
            whatToTry(backup);
        } else {
            out.printf("Stopped at: %s. See what happened, then run it again: it goes on where it was.%n", what);
        }
    }

    private void assertionTable() {
        if (assertions.isEmpty()) {
            return;
        }
        out.println();
        var table = new Table("ASSERTED OF THE RESTORED DATA", "HELD", "SEEN");
        for (var assertion : assertions) {
            table.row(
                    Format.value("", assertion.path("assertion")),
                    assertion.path("passed").asBoolean() ? "yes" : "NO",
                    Format.value("", assertion.path("seen")));
        }
        table.print(out, "");
    }

    private void whereThingsAre() {
        var settings = session.api().settings();
        out.println("The service   " + settings.url());
        out.println("Try its API   " + settings.url() + "/q/swagger-ui");
        out.println("Your token    is in " + settings.tokenPlace());
    }

    private void whatToTry(String backup) {
        out.println();
        out.println("Next, for example:");
        out.println("  " + Cli.NAME + " clusters instances demo");
        out.println("  " + Cli.NAME + " restores start demo --database demo --backup " + backup + " --preview");
        out.println("  " + Cli.NAME + " audit list");
    }
}
