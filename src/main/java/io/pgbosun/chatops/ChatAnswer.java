package io.pgbosun.chatops;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What is said in chat, in Slack's JSON.
 *
 * @param audience who sees it
 * @param text in Slack's mrkdwn, escaped
 */
@Schema(description = "What is said in chat, in Slack's JSON.")
public record ChatAnswer(
        @JsonProperty("response_type") @Schema(name = "response_type")
        Audience audience,

        @Schema(description = "In Slack's mrkdwn.") String text) {
    /** Slack cuts at 40,000; nobody reads so much in a chat. */
    private static final int LONGEST = 12_000;

    public ChatAnswer {
        text = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }

    /** Who sees it. */
    @Schema(name = "ChatAudience")
    public enum Audience {
        /** Only who asked. */
        EPHEMERAL,
        /** Everybody in the channel. */
        IN_CHANNEL;

        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static ChatAnswer toAsker(String text) {
        return new ChatAnswer(Audience.EPHEMERAL, text);
    }

    static ChatAnswer toChannel(String text) {
        return new ChatAnswer(Audience.IN_CHANNEL, text);
    }
}
