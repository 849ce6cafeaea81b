package io.pgbosun.backup;

import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Where backups live. */
@Schema(description = "Where backups live.")
public record Repository(
        String name,
        Type type,

        @Schema(
                description =
                        "The directory that holds one directory a backup, or what the bucket or container is called.")
        String path,

        @Schema(description = "Whether what is stored from now on is encrypted before it leaves this host.")
        boolean encrypted,

        @Schema(description = "How many backups are in it.") long backupCount,
        @Schema(description = "What they take, in bytes.") long sizeBytes,
        Instant createTime) {
    /** What it is on. */
    @Schema(name = "RepositoryType")
    public enum Type {
        /** A directory of the host that the service runs on. */
        FILESYSTEM,
        /** Amazon S3, or what speaks its protocol. */
        S3,
        /** Azure Blob Storage. */
        AZURE_BLOB
    }
}
