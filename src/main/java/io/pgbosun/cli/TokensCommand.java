package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "tokens", description = "Who may do what.")
final class TokensCommand extends Noun {
    TokensCommand(Session session) {
        super(session);
    }

    @Command(name = "list", description = "Lists the tokens, without their values.")
    int list(@Mixin ListOptions list) {
        var page = send(list.page(Call.get("tokens")));
        return list.table(
                session, page, "id", "principal", "grants", "createdBy", "createTime", "expireTime", "revokeTime");
    }

    @Command(name = "create", description = "Makes a token; its value goes to a file, and is shown nowhere.")
    int create(
            @Option(names = "--principal", required = true, description = "Whose it is.") String principal,
            @Option(
                            names = "--grant",
                            required = true,
                            paramLabel = "ROLE[:KEY=VALUE,...]",
                            description =
                                    "viewer, operator or admin; over the clusters with these labels, or over all; repeatable.")
                    List<String> grants,
            @Option(names = "--expires-in-days", paramLabel = "N", description = "Never when left out.")
                    Integer expiresInDays,
            @Option(
                            names = "--value-file",
                            paramLabel = "FILE",
                            required = true,
                            description = "A new file for its value, which only you may read.")
                    Path valueFile,
            @Mixin OutputOptions output) {
        var body = Body.of()
                .text("principal", principal)
                .bodies("grants", grants.stream().map(TokensCommand::grant).toList())
                .number("expiresInDays", expiresInDays);
        reserve(valueFile);
        var created = create(Call.post(body, "tokens"), valueFile);
        keep(valueFile, created.path("value").asText());
        if (output.form == OutputOptions.Form.table) {
            session.err().println("Its value is in " + valueFile + ".");
        }
        return output.sheet(session, ((ObjectNode) created).without("value").path("token"));
    }

    private JsonNode create(Call call, Path reserved) {
        try {
            return send(call);
        } catch (RuntimeException e) {
            reserved.toFile().delete();
            throw e;
        }
    }

    /** Before the token is made: its value is told once, and must find a place. */
    private static void reserve(Path file) {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (IOException | UnsupportedOperationException e) {
            throw new Misused("--value-file must be a file that can be made and is not there yet: " + file);
        }
    }

    private static void keep(Path file, String value) {
        try {
            Files.writeString(file, value + "\n");
        } catch (IOException e) {
            throw new Misused("the token was made, but its value could not be written to " + file
                    + ": revoke it and make another one");
        }
    }

    static Body grant(String text) {
        var cut = text.indexOf(':');
        var labels = cut < 0 ? Map.<String, String>of() : labels(text.substring(cut + 1));
        return Body.of()
                .constant("role", cut < 0 ? text : text.substring(0, cut))
                .allOf("labels", labels);
    }

    private static Map<String, String> labels(String text) {
        var labels = new LinkedHashMap<String, String>();
        for (var label : text.split(",", -1)) {
            var cut = label.indexOf('=');
            if (cut <= 0) {
                throw new Misused(
                        "--grant must be like operator or operator:env=demo,team=shop, not with '" + label + "'");
            }
            labels.put(label.substring(0, cut), label.substring(cut + 1));
        }
        return labels;
    }

    @Command(name = "revoke", description = "Makes a token worthless at once.")
    int revoke(
            @Parameters(paramLabel = "TOKEN", description = "Its id, never its value.") String token,
            @Mixin OutputOptions output) {
        return output.sheet(session, send(Call.post(Body.of(), "tokens", token, "revoke")));
    }
}
