package io.pgbosun.law;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.fire.Scoreboard;
import io.pgbosun.fire.Seed;
import io.pgbosun.operation.Catalogue;
import io.pgbosun.operation.Kind;
import io.pgbosun.operation.Lives;
import io.pgbosun.store.Json;
import io.pgbosun.store.Store;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Every runbook keeps the laws: crash and resume anywhere ends in the same world; failure or cancel anywhere before the
 * point of no return leaves the old world; a preview changes nothing.
 */
@QuarkusTest
@WithTestResource(LawDatabase.class)
@TestProfile(LawProfile.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunbookLawTest {
    private static final Seed SEED = Seed.of(RunbookLawTest.class);
    private static final Tally SHOWN = new Tally();

    @Inject
    Catalogue catalogue;

    @Inject
    Lives lives;

    @Inject
    Stage stage;

    @Inject
    Store store;

    @Inject
    Json json;

    @ConfigProperty(name = "pgbosun.home")
    String home;

    private Lab lab;

    @BeforeAll
    void makeLab() {
        lab = new Lab(lives, stage, new ControlRows(store, json), home);
    }

    @AfterAll
    static void show() {
        System.out.println(SHOWN.table());
    }

    private Set<String> kinds() {
        return catalogue.kinds().stream().map(Kind::name).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void every_kind_has_a_scenario() {
        var without = kinds();
        without.removeAll(Scenarios.all().keySet());
        assertTrue(
                without.isEmpty(),
                "Add at least one scenario for %s to the map in io.pgbosun.law.Scenarios, and for what it leaves to the fakes World* what they do not know yet."
                        .formatted(without));
        assertEquals(kinds(), Scenarios.all().keySet(), "Remove the scenarios of kinds that are no more.");
    }

    /** R1 in process: every kind of the catalogue dies before, within and after every effect and after every commit. */
    @Test
    void a_crash_anywhere_is_resumed_to_the_same_world() {
        var tally = new Tally();
        try {
            keep(Laws::crashAnywhere, tally);
        } finally {
            var board = Scoreboard.of("R1", "in process, crashes " + tally.moments());
            board.count(tally.trials());
            board.passed(tally.trials() - tally.failures());
            board.show();
        }
        assertEquals(
                Set.of("before an effect", "within an effect", "after an effect", "after a commit", "between"),
                tally.moments().keySet());
    }

    @Test
    void a_failure_anywhere_leaves_the_old_world_or_is_carried_to_the_new_one() {
        keep(Laws::failAnywhere);
    }

    @Test
    void a_cancel_anywhere_leaves_the_old_world_or_comes_too_late() {
        keep(Laws::cancelAnywhere);
    }

    @Test
    void troubles_upon_troubles_end_in_the_old_world_or_the_new_one() {
        keep(Laws::troubleAfterTrouble);
    }

    private void keep(Consumer<Laws> law) {
        keep(law, new Tally());
    }

    private void keep(Consumer<Laws> law, Tally tally) {
        each((kind, scenario) -> law.accept(new Laws(lab, kind, scenario, tally, SEED)));
        SHOWN.add(tally);
        assertEquals("", tally.broken());
    }

    private void each(BiConsumer<Kind, Scenario> body) {
        Scenarios.all()
                .forEach((name, scenarios) ->
                        scenarios.forEach(scenario -> body.accept(catalogue.named(name), scenario)));
    }

    @Test
    void a_scenario_ends_as_its_name_says() {
        var tally = new Tally();
        each((kind, scenario) -> new Laws(lab, kind, scenario, tally, SEED).endAsNamed());
        assertEquals("", tally.broken());
    }

    @Test
    void a_preview_changes_nothing() {
        var tally = new Tally();
        each((kind, scenario) -> new Laws(lab, kind, scenario, tally, SEED).preview());
        assertEquals("", tally.broken());
    }

    @Test
    void the_runbooks_are_those_of_the_golden_file() {
        var text = new StringBuilder();
        each((kind, scenario) -> text.append(Golden.show(lab, kind, scenario)));
        Golden.compare(text.toString());
    }
}
