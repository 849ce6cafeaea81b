package io.pgbosun.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * One line of the audit trail.
 *
 * @param id of the entry
 * @param number in the chain, from 1 without a gap; null for the moment until it is sealed
 * @param at when it was written
 * @param principal who did it
 * @param channel through which door
 * @param action what was done
 * @param target to what
 * @param operation to which operation it belongs, or null
 * @param details more
 * @param hash SHA-256 over the previous entry's hash and this entry, in hexadecimal
 */
@Schema(description = "One line of the audit trail, chained to the one before by its hash.")
public record AuditEntry(
        UUID id,
        Long number,
        Instant at,
        String principal,
        String channel,
        String action,
        String target,
        UUID operation,

        @Schema(
                description = "What else is known of it.",
                implementation = Object.class,
                type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.OBJECT)
        JsonNode details,

        String hash) {}
