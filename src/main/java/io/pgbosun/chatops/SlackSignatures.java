package io.pgbosun.chatops;

import com.slack.api.app_backend.SlackSignature;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Tells whether a request comes from Slack: HMAC-SHA-256 over its time and raw body, as Slack's own library computes it
 * from the signing secret ({@code PGBOSUN_CHAT_SLACK_SIGNING_SECRET}), not older or newer than five minutes.
 */
@Singleton
class SlackSignatures {
    private static final long WINDOW_MILLIS = SlackSignature.TimestampVerifier.TIMESTAMP_EXPIRATION_TIME_IN_MILLIS;

    private final Optional<SlackSignature.Generator> generator;
    private final Clock clock;

    SlackSignatures(@ConfigProperty(name = "pgbosun.chat.slack.signing.secret") Optional<String> secret, Clock clock) {
        generator = secret.filter(text -> !text.isBlank()).map(SlackSignature.Generator::new);
        this.clock = clock;
    }

    /** Whether this service takes commands from Slack. */
    boolean wanted() {
        return generator.isPresent();
    }

    /** Refuses what Slack has not signed just now. */
    void verify(String timestamp, String body, String signature) {
        var slack = generator.orElseThrow(
                () -> Problem.notPossible(
                        "Slack is not connected: set PGBOSUN_CHAT_SLACK_SIGNING_SECRET to the signing secret of the Slack app and start the service again."));
        if (timestamp == null || signature == null) {
            throw refused("It has no X-Slack-Signature and X-Slack-Request-Timestamp.");
        }
        if (!fresh(timestamp)) {
            throw refused("Its X-Slack-Request-Timestamp is more than five minutes away from now.");
        }
        // the library's Verifier compares with String.equals, whose time tells how far a guess was right
        var right = slack.generate(timestamp, body).getBytes(StandardCharsets.US_ASCII);
        if (!MessageDigest.isEqual(right, signature.getBytes(StandardCharsets.US_ASCII))) {
            throw refused("Its X-Slack-Signature does not fit.");
        }
    }

    /** The library looks only for times that are past; one far in the future could be replayed until then. */
    private boolean fresh(String timestamp) {
        var now = clock.millis();
        return SlackSignature.TimestampVerifier.isValidTimestamp(timestamp, now)
                && Long.parseLong(timestamp) <= (now + WINDOW_MILLIS) / 1000;
    }

    private static Problem refused(String why) {
        return Problem.of(ProblemType.UNAUTHENTICATED, "The request is not signed by Slack. " + why);
    }
}
