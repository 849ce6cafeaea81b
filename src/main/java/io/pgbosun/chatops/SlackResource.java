package io.pgbosun.chatops;

import com.slack.api.app_backend.slash_commands.SlashCommandPayloadParser;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * Takes slash commands from Slack. A request that Slack has not signed is answered with a problem; everything else with
 * 200 and words, because Slack shows nothing of any other answer.
 */
@Path("/v1")
@Tag(name = "chat", description = "Slash commands, and who may give them.")
@RunOnVirtualThread
class SlackResource {
    private final SlackSignatures signatures;
    private final Conversation conversation;
    private final SlashCommandPayloadParser parser = new SlashCommandPayloadParser();

    SlackResource(SlackSignatures signatures, Conversation conversation) {
        this.signatures = signatures;
        this.conversation = conversation;
    }

    @POST
    @Path("/chat/slack")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "Takes a slash command from Slack, signed with the signing secret of the Slack app.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_FORM_URLENCODED,
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            description = "As Slack sends it; other fields are not looked at.",
                                            properties = {
                                                @SchemaProperty(name = "command", type = SchemaType.STRING),
                                                @SchemaProperty(name = "text", type = SchemaType.STRING),
                                                @SchemaProperty(name = "user_id", type = SchemaType.STRING),
                                                @SchemaProperty(name = "user_name", type = SchemaType.STRING),
                                                @SchemaProperty(name = "response_url", type = SchemaType.STRING),
                                                @SchemaProperty(name = "trigger_id", type = SchemaType.STRING)
                                            })))
    public ChatAnswer slackCommand(
            @HeaderParam("X-Slack-Request-Timestamp") String timestamp,
            @HeaderParam("X-Slack-Signature") String signature,
            byte[] body)
            throws InterruptedException {
        var raw = new String(body, StandardCharsets.UTF_8);
        signatures.verify(timestamp, raw, signature);
        return conversation.answer(SlackCommand.of(parser.parse(raw), signature));
    }
}
