package io.pgbosun.token;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A token that was just made, with the value that is never shown again. */
@Schema(description = "A token that was just made, with the value that is never shown again.")
public record CreatedToken(
        Token token,

        @Schema(description = "To be sent as Authorization: Bearer.")
        String value) {}
