package io.pgbosun.chatops;

import io.pgbosun.access.Grant;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A user of a chat, and who that is to pgbosun. */
@Schema(description = "A user of a chat, and who that is to pgbosun.")
public record ChatUser(
        @Schema(description = "The user's id in the chat, such as U024BE7LH.")
        String id,

        String principal,
        List<Grant> grants,
        Instant createTime) {}
