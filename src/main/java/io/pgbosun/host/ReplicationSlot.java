package io.pgbosun.host;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A replication slot of a server, as {@code pg_replication_slots} tells it. */
@Schema(description = "A replication slot of an instance, as pg_replication_slots tells it.")
public record ReplicationSlot(
        String name,

        @Schema(description = "PostgreSQL's word: physical or logical.")
        String type,

        @Schema(description = "Of a logical slot; null for a physical one.")
        String database,

        @Schema(description = "Whether somebody streams by it just now.")
        boolean active,

        @Schema(
                description =
                        "PostgreSQL's word: reserved, extended (beyond max_wal_size), unreserved (to be removed at the next checkpoint) or lost; null while it keeps nothing.")
        String walStatus,

        @Schema(description = "Bytes of WAL that are kept for it; null while it keeps nothing.")
        Long retainedBytes,

        @Schema(
                description =
                        "Bytes that may still be written before it loses WAL; null without a limit (max_slot_wal_keep_size).")
        Long safeWalBytes) {}
