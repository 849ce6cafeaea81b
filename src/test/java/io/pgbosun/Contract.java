package io.pgbosun;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.report.LevelResolver;
import com.atlassian.oai.validator.report.ValidationReport.Level;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The OpenAPI document of this build, as a judge of answers. */
public final class Contract {
    public static final Path DOCUMENT = Path.of("openapi/openapi.yaml");

    private Contract() {}

    /** Says of answers whether the document has their status, media type, fields and types; tests send wrong requests at will. */
    public static OpenApiInteractionValidator answers() {
        try {
            return OpenApiInteractionValidator.createForInlineApiSpecification(
                            asOpenApi30().toString())
                    .withLevelResolver(LevelResolver.create()
                            .withLevel("validation.request", Level.IGNORE)
                            .build())
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The document as one of OpenAPI 3.0, which differs in the examples alone: of 3.1 the validator does not see types.
     */
    private static JsonNode asOpenApi30() throws IOException {
        var document = (ObjectNode) new YAMLMapper().readTree(Files.readString(DOCUMENT));
        document.put("openapi", "3.0.3");
        document.findParents("examples").forEach(schema -> ((ObjectNode) schema).remove("examples"));
        return document;
    }
}
