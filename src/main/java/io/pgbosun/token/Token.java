package io.pgbosun.token;

import io.pgbosun.access.Grant;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A bearer token, without its value. */
@Schema(description = "A bearer token, without its value.")
public record Token(
        UUID id,
        String principal,
        List<Grant> grants,
        String createdBy,
        Instant createTime,
        Instant expireTime,
        Instant revokeTime) {}
