package io.pgbosun.backup;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A person's word that a backup is to be kept, whatever a rule says. */
@Schema(description = "A person's word that a backup is to be kept, whatever a rule says.")
public record BackupHold(String reason, String principal, Instant at) {
    /** Why a backup is to be kept. */
    @Schema(description = "Why a backup is to be kept.")
    public record HoldBackup(
            @NotBlank @Size(max = 500) @Schema(description = "Why; told to whoever wants to remove it.")
            String reason) {}
}
