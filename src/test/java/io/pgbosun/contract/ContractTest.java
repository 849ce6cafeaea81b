package io.pgbosun.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleResponse;
import io.pgbosun.Contract;
import org.junit.jupiter.api.Test;

/** The judge of all REST tests' answers is one that refuses. */
class ContractTest {
    private final OpenApiInteractionValidator contract = Contract.answers();

    private boolean refused(int status, String mediaType, String body) {
        var answer = SimpleResponse.Builder.status(status)
                .withContentType(mediaType)
                .withBody(body)
                .build();
        return contract.validateResponse("/v1/hosts/local", Request.Method.GET, answer)
                .hasErrors();
    }

    @Test
    void an_answer_as_documented_is_good() {
        assertFalse(refused(200, "application/json", "{\"name\":\"local\",\"driver\":\"LOCAL\"}"));
        assertFalse(refused(404, "application/problem+json", "{\"type\":\"urn:x\",\"status\":404}"));
    }

    @Test
    void an_undocumented_status_is_noticed() {
        assertTrue(refused(418, "application/problem+json", "{}"));
    }

    @Test
    void another_media_type_is_noticed() {
        assertTrue(refused(200, "text/html", "<p>local</p>"));
        assertTrue(refused(404, "application/json", "{\"status\":404}"));
    }

    @Test
    void a_field_that_is_not_documented_or_of_another_type_is_noticed() {
        assertTrue(refused(200, "application/json", "{\"name\":\"local\",\"surprise\":1}"));
        assertTrue(refused(200, "application/json", "{\"name\":5}"));
        assertTrue(refused(404, "application/problem+json", "{\"status\":\"404\"}"));
    }
}
