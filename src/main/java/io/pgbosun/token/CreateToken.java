package io.pgbosun.token;

import io.pgbosun.access.Grant;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a new token is to be. */
@Schema(description = "What a new token is to be.")
public record CreateToken(
        @NotNull
        @Pattern(
                regexp = "[A-Za-z0-9][A-Za-z0-9._@-]{0,99}",
                message = "must be 1 to 100 letters, digits, dots, hyphens, underscores or @")
        @Schema(description = "Whose it is; audited, and owner of idempotency keys.")
        String principal,

        @NotEmpty @Size(max = 20) List<@Valid @NotNull Grant> grants,

        @Min(1) @Max(3650) @Schema(description = "Days until it expires; never when left out.")
        Integer expiresInDays) {}
