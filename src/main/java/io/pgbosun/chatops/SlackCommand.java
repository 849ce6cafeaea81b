package io.pgbosun.chatops;

import com.slack.api.app_backend.slash_commands.payload.SlashCommandPayload;

/**
 * A slash command as it was typed.
 *
 * @param slash the command itself, such as {@code /pg}
 * @param text what was typed behind it
 * @param userId who typed it, in Slack's words
 * @param responseUrl where later answers go
 * @param key the same for the same request, however often it arrives
 */
record SlackCommand(String slash, String text, String userId, String userName, String responseUrl, String key) {
    private static final int LONGEST_TRIGGER = 200;

    /** A trigger id is made anew for every command that a user gives; the signature does where Slack leaves it out. */
    static SlackCommand of(SlashCommandPayload payload, String signature) {
        var trigger = payload.getTriggerId();
        var known = trigger != null && !trigger.isBlank() && trigger.length() <= LONGEST_TRIGGER;
        return new SlackCommand(
                payload.getCommand() == null ? "/pg" : payload.getCommand(),
                payload.getText() == null ? "" : payload.getText(),
                payload.getUserId() == null ? "" : payload.getUserId(),
                payload.getUserName() == null ? "" : payload.getUserName(),
                payload.getResponseUrl(),
                "slack:" + (known ? trigger : signature));
    }
}
