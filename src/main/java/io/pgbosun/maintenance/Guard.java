package io.pgbosun.maintenance;

import io.pgbosun.host.LockGuard;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How long maintenance may be in the way of others. */
@Schema(name = "LockGuard", description = "How long maintenance may be in the way of others.")
public record Guard(
        @Min(1) @Max(3600) @Schema(description = "How long it waits for a lock before it gives up; 10 when left out.")
        Integer lockTimeoutSeconds,

        @Min(1)
        @Max(86_400)
        @Schema(description = "How long another session may wait for it before it stops itself; 30 when left out.")
        Integer maxBlockingSeconds) {
    public static final Guard DEFAULT = new Guard(null, null);

    public Guard {
        lockTimeoutSeconds = lockTimeoutSeconds == null ? 10 : lockTimeoutSeconds;
        maxBlockingSeconds = maxBlockingSeconds == null ? 30 : maxBlockingSeconds;
    }

    LockGuard asLockGuard() {
        return new LockGuard(Duration.ofSeconds(lockTimeoutSeconds), Duration.ofSeconds(maxBlockingSeconds));
    }
}
