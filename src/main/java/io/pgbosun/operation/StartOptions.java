package io.pgbosun.operation;

import io.pgbosun.problem.FieldError;
import io.pgbosun.problem.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.UUID;

/**
 * How an operation is to be started; null where the default will do.
 *
 * @param idempotencyKey with it, the same request again answers the same operation; 1 to 255 characters
 * @param reason why it is done, for the audit trail; at most 500 characters
 * @param planDigest of a preview: the operation is refused when its facts have changed
 * @param startTime not before this time
 * @param startDeadline it expires when it has not begun by then
 * @param onConflict what to do when something else is at work there
 * @param retryOf the operation that this one tries again
 */
public record StartOptions(
        String idempotencyKey,
        String reason,
        String planDigest,
        Instant startTime,
        Instant startDeadline,
        OnConflict onConflict,
        UUID retryOf) {

    /** What to do when something else is at work there. */
    public enum OnConflict {
        QUEUE,
        REJECT
    }

    public static final StartOptions DEFAULT = new StartOptions(null, null, null, null, null, null, null);

    public StartOptions {
        reason = reason == null ? "" : reason;
        onConflict = onConflict == null ? OnConflict.QUEUE : onConflict;
    }

    public StartOptions withKey(String key) {
        return new StartOptions(key, reason, planDigest, startTime, startDeadline, onConflict, retryOf);
    }

    public StartOptions withRetryOf(UUID operation) {
        return new StartOptions(idempotencyKey, reason, planDigest, startTime, startDeadline, onConflict, operation);
    }

    void requireReason(Kind kind) {
        if (kind.declared().needsReason() && reason.isBlank()) {
            throw Problem.invalid("reason", "must be given for a " + kind.name(), "Say why: the history keeps it.");
        }
    }

    void validate() {
        var errors = new ArrayList<FieldError>();
        if (idempotencyKey != null && (idempotencyKey.isBlank() || idempotencyKey.length() > 255)) {
            errors.add(
                    new FieldError("idempotencyKey", "must have 1 to 255 characters", "A random UUID is a good key."));
        }
        if (reason.length() > 500) {
            errors.add(new FieldError("reason", "must have at most 500 characters", "Shorten it."));
        }
        if (startTime != null && startDeadline != null && !startTime.isBefore(startDeadline)) {
            errors.add(new FieldError("startDeadline", "must be after startTime", "Choose a later deadline."));
        }
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
    }
}
