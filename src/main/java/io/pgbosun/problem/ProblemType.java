package io.pgbosun.problem;

import java.util.Locale;

/**
 * The closed catalogue of what a caller can be told went wrong, the same for REST, gRPC and chat.
 *
 * <p>HTTP statuses follow RFC 9110 and RFC 9457; gRPC codes are those of {@code google.rpc.Code}.
 */
public enum ProblemType {
    INVALID("The request is not valid", 400, 3, Retry.NEVER, Actor.CALLER),
    UNAUTHENTICATED("No valid token was given", 401, 16, Retry.NEVER, Actor.CALLER),
    DENIED("The caller may not do this", 403, 7, Retry.NEVER, Actor.ADMIN),
    NOT_FOUND("There is no such thing", 404, 5, Retry.NEVER, Actor.CALLER),
    NOT_ALLOWED("The path does not take this method", 405, 12, Retry.NEVER, Actor.CALLER),
    NOT_ACCEPTABLE("No answer can be given in an accepted media type", 406, 3, Retry.NEVER, Actor.CALLER),
    ALREADY_EXISTS("It exists already", 409, 6, Retry.NEVER, Actor.CALLER),
    BUSY("Something else is at work there", 409, 10, Retry.LATER, Actor.CALLER),
    PLAN_DRIFTED("The facts have changed since the plan was made", 409, 10, Retry.NEVER, Actor.CALLER),
    STALE("It was changed by someone else meanwhile", 412, 10, Retry.NEVER, Actor.CALLER),
    TOO_LARGE("The request is too large", 413, 3, Retry.NEVER, Actor.CALLER),
    UNSUPPORTED("The request body has an unsupported media type", 415, 3, Retry.NEVER, Actor.CALLER),
    KEY_REUSED("The idempotency key was used for another request", 422, 3, Retry.NEVER, Actor.CALLER),
    NOT_POSSIBLE("That cannot be done as things are", 422, 9, Retry.NEVER, Actor.CALLER),
    DAMAGED("A stored backup is damaged", 422, 15, Retry.NEVER, Actor.OPERATOR),
    ASSERTION_FAILED("What was restored is not what was promised", 422, 9, Retry.NEVER, Actor.OPERATOR),
    CANCELLED("It was cancelled", 409, 1, Retry.NEVER, Actor.CALLER),
    TOO_MANY("Too many requests", 429, 8, Retry.LATER, Actor.CALLER),
    BUG("Something is wrong inside pgbosun", 500, 13, Retry.NEVER, Actor.US),
    PROGRAM_FAILED("A program of PostgreSQL failed", 502, 13, Retry.NEVER, Actor.OPERATOR),
    UNREACHABLE("A server cannot be reached", 503, 14, Retry.LATER, Actor.OPERATOR),
    OVERLOADED("The service has more to do than it can", 503, 8, Retry.LATER, Actor.OPERATOR),
    TOO_SLOW("It took longer than allowed", 504, 4, Retry.LATER, Actor.OPERATOR),
    DISK_FULL("There is no space left", 507, 8, Retry.NEVER, Actor.OPERATOR);

    /** Whether sending the same request again can help. */
    public enum Retry {
        NEVER,
        LATER
    }

    /** Who must act before it can succeed. */
    public enum Actor {
        CALLER,
        OPERATOR,
        ADMIN,
        US
    }

    private static final String URN = "urn:pgbosun:problem:";

    public final String title;
    public final int httpStatus;
    /** The number of {@code google.rpc.Code}. */
    public final int grpcCode;

    public final Retry retry;
    public final Actor actor;

    ProblemType(String title, int httpStatus, int grpcCode, Retry retry, Actor actor) {
        this.title = title;
        this.httpStatus = httpStatus;
        this.grpcCode = grpcCode;
        this.retry = retry;
        this.actor = actor;
    }

    /** The short name, such as {@code not-found}. */
    public String slug() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The primary identifier of RFC 9457, such as {@code urn:pgbosun:problem:not-found}. */
    public String uri() {
        return URN + slug();
    }
}
