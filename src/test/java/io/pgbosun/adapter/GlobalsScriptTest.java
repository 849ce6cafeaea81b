package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.problem.ProblemType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GlobalsScriptTest {
    @Test
    void statements_end_at_semicolons_outside_of_quotes() {
        assertEquals(
                List.of("CREATE ROLE \"a;'\nb\";", "ALTER ROLE x SET y TO 'it''s;\n-- no comment;\nz';"),
                GlobalsScript.statements("""
                        -- it's a comment
                        \\restrict abc
                        CREATE ROLE "a;'
                        b";

                        ALTER ROLE x SET y TO 'it''s;
                        -- no comment;
                        z';
                        \\unrestrict abc
                        """));
    }

    @Test
    void all_of_a_role_is_one_block_and_memberships_come_after_it() {
        var script = GlobalsScript.sparingExistingRoles("""
                SET standard_conforming_strings = on;
                CREATE ROLE "o'brien ""x""\";
                ALTER ROLE "o'brien ""x""\" WITH LOGIN PASSWORD 'SCRAM-SHA-256$1';
                CREATE ROLE b;
                GRANT b TO "o'brien ""x""\" GRANTED BY postgres;
                ALTER ROLE "o'brien ""x""\" SET search_path TO 'a';
                """);
        assertEquals(2, script.split("EXCEPTION WHEN duplicate_object", -1).length - 1);
        assertTrue(script.indexOf("SET search_path") < script.indexOf("CREATE ROLE b;"));
        assertTrue(script.indexOf("GRANT") > script.lastIndexOf("END"));
        assertTrue(script.startsWith("SET standard_conforming_strings"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\! touch /tmp/x\n",
                "CREATE ROLE a;\n\\connect other\n",
                "CREATE ROLE a",
                "CREATE ROLE a;\nALTER ROLE a WITH PASSWORD 'cut o",
                "CREATE ROLE \"$pgbosun_role$\";\n"
            })
    void commands_of_psql_and_files_cut_off_are_refused(String globals) {
        var problem = Soon.problemOf(() -> GlobalsScript.sparingExistingRoles(globals));
        assertEquals(ProblemType.NOT_POSSIBLE, problem.type());
        assertFalse(problem.detail().contains("PASSWORD"));
    }
}
