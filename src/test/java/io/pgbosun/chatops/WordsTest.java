package io.pgbosun.chatops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.problem.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
    private static Argument only(String text) {
        var words = Words.read(text);
        assertEquals(1, words.size(), () -> words.toString());
        return words.getFirst();
    }

    @Test
    void nothing_is_no_words() {
        assertTrue(Words.read(null).isEmpty());
        assertTrue(Words.read("  \u00a0 \t").isEmpty());
    }

    @Test
    void words_are_cut_at_blanks_and_named_by_the_first_equals_sign() {
        var words = Words.read("vacuum  orders full=true\treason=a=b");
        assertEquals(
                List.of("vacuum", "orders", "true", "a=b"),
                words.stream().map(Argument::text).toList());
        assertEquals(
                java.util.Arrays.asList(null, null, "full", "reason"),
                words.stream().map(Argument::name).toList());
    }

    @Test
    void quotes_hold_blanks_commas_and_escaped_quotes_together() {
        var word = only("reason=\"it is \\\"late\\\", C:\\\\x \\n\"");
        assertEquals("reason", word.name());
        assertEquals("it is \"late\", C:\\x \\n", word.text());
        assertEquals(List.of("it is \"late\", C:\\x \\n"), word.items());
    }

    @Test
    void commas_outside_quotes_cut_a_value_into_items() {
        var word = only("databases=a,\"b,c\",d");
        assertEquals(List.of("a", "b,c", "d"), word.items());
        assertEquals("a,b,c,d", word.text());
    }

    @Test
    void an_empty_value_is_empty_and_a_quoted_equals_sign_names_nothing() {
        assertEquals("", only("into=").text());
        assertEquals("", only("into=\"\"").text());
        assertTrue(only("\"a=b\"").bare());
        assertTrue(only("=b").bare());
    }

    @Test
    void what_slack_and_keyboards_do_to_the_text_is_undone() {
        assertEquals(
                "a < b & c > \"d\"",
                only("query=\u201ca &lt; b &amp; c &gt; \\\"d\\\"\u201d").text());
        assertEquals("&lt;", only("&amp;lt;").text(), "what was typed as an entity stays one");
    }

    @Test
    void a_quote_that_is_never_closed_is_told_by_name() {
        var problem = assertThrows(Problem.class, () -> Words.read("orders reason=\"because"));
        assertEquals("reason", problem.errors().getFirst().field());
        assertEquals(
                "text",
                assertThrows(Problem.class, () -> Words.read("\""))
                        .errors()
                        .getFirst()
                        .field());
    }
}
