package io.pgbosun;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.report.LevelResolver;
import com.atlassian.oai.validator.report.ValidationReport.Level;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The OpenAPI document of this build, as a judge of answers. */
public final class Contract {
    public static final Path DOCUMENT = Path.of("openapi/openapi.yaml");

    private Contract() {}

    /** Says of answers whether the document has their status and media type; tests send wrong requests at will. */
    public static OpenApiInteractionValidator answers() {
        try {
            return OpenApiInteractionValidator.createForInlineApiSpecification(Files.readString(DOCUMENT))
                    .withLevelResolver(LevelResolver.create()
                            .withLevel("validation.request", Level.IGNORE)
                            .build())
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
