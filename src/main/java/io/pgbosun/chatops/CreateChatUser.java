package io.pgbosun.chatops;

import io.pgbosun.access.Grant;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A user of a chat who is to be let in. */
@Schema(description = "A user of a chat who is to be let in.")
public record CreateChatUser(
        @NotNull
        @Pattern(regexp = "[A-Z0-9]{2,32}", message = "must be 2 to 32 upper-case letters or digits")
        @Schema(description = "The user's id in the chat, such as U024BE7LH; pgbosun says it to whom it does not know.")
        String id,

        @NotNull
        @Pattern(
                regexp = "[A-Za-z0-9][A-Za-z0-9._@-]{0,99}",
                message = "must be 1 to 100 letters, digits, dots, hyphens, underscores or @")
        @Schema(description = "Who that is; audited, and owner of idempotency keys.")
        String principal,

        @NotEmpty @Size(max = 20) List<@Valid @NotNull Grant> grants) {}
