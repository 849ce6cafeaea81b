package io.pgbosun.pooler;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.pgbosun.cluster.Names;
import io.pgbosun.secret.Secret;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A PgBouncer before a cluster; refused unless its console answers an admin, and takes in the file that is to be ours. */
@Schema(
        description =
                "A PgBouncer before a cluster; refused unless its console answers an admin, and takes in the file that is to be pgbosun's.")
public record CreatePooler(
        @NotNull @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        String name,

        @NotNull @Pattern(regexp = Names.ADDRESS, message = Names.ADDRESS_RULE)
        String address,

        @NotNull @Min(1) @Max(65535) Integer port,

        @NotNull
        @Pattern(regexp = Names.IDENTIFIER, message = Names.IDENTIFIER_RULE)
        @Schema(description = "Who logs in at its console; one of admin_users.")
        String username,

        @Schema(
                description = "Sealed at rest, never shown.",
                implementation = String.class,
                format = "password",
                maxLength = LONGEST_PASSWORD,
                writeOnly = true)
        Secret password,

        @Pattern(regexp = "disable|prefer|require", message = "must be disable, prefer or require")
        @Schema(
                description = "How the console is connected to; prefer when left out.",
                enumeration = {"disable", "prefer", "require"})
        String sslMode,

        @NotEmpty @Size(max = 100) List<@Valid @NotNull PooledDatabase> databases,

        @NotNull
        @Pattern(regexp = Names.PATH, message = Names.PATH_RULE)
        @Schema(
                description =
                        "The file that pgbosun writes, on the host of the service: nothing but the section [databases]. What PgBouncer is configured by must take it in with %include.")
        String configFile) {
    private static final int LONGEST_PASSWORD = 1000;

    public CreatePooler {
        sslMode = sslMode == null ? "prefer" : sslMode;
        databases = databases == null ? null : databases.stream().toList();
    }

    @AssertTrue(message = "password: must have at most " + LONGEST_PASSWORD + " characters")
    @JsonIgnore
    @Schema(hidden = true)
    public boolean isPasswordShort() {
        return password == null || password.reveal().length() <= LONGEST_PASSWORD;
    }

    @AssertTrue(message = "databases: must have names that are different, and not pgbouncer, which is the console's")
    @JsonIgnore
    @Schema(hidden = true)
    public boolean isNamedApart() {
        return databases == null
                || databases.stream()
                                .filter(database -> database != null && !"pgbouncer".equals(database.name()))
                                .map(PooledDatabase::name)
                                .distinct()
                                .count()
                        == databases.size();
    }
}
