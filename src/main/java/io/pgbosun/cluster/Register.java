package io.pgbosun.cluster;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.pgbosun.access.Permission;
import io.pgbosun.host.PatroniApi;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import io.pgbosun.secret.Secret;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Takes an existing cluster under management, after connecting to each of its instances. */
@Schema(description = "Takes an existing cluster under management, after connecting to each of its instances.")
@OperationKind(
        name = "register",
        summary = "Takes an existing cluster under management, after connecting to each of its instances.",
        permission = Permission.CLUSTER_CREATE,
        risk = Risk.LOW,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 5,
        createsTarget = true,
        checkedOnAccept = true)
public record Register(
        @Size(min = 1, max = 16)
        @Schema(description = "Its instances; left out for a cluster of Patroni, which knows them.")
        List<@Valid @NotNull InstanceAddress> instances,

        @NotNull
        @Pattern(regexp = Names.IDENTIFIER, message = Names.IDENTIFIER_RULE)
        @Schema(description = "The role to log in as; see deploy/grants.sql for the least privileges it needs.")
        String username,

        @Schema(
                description = "Its password; sealed at rest, never shown.",
                implementation = String.class,
                format = "password",
                maxLength = LONGEST_PASSWORD,
                writeOnly = true)
        Secret password,

        @Pattern(
                regexp = "disable|prefer|require|verify-ca|verify-full",
                message = "must be disable, prefer, require, verify-ca or verify-full")
        @Schema(
                description = "libpq's sslmode; prefer when left out.",
                enumeration = {"disable", "prefer", "require", "verify-ca", "verify-full"})
        String sslMode,

        @Labels Map<String, String> labels,

        @Valid @Schema(description = "How its Patroni is reached; left out for a cluster that no Patroni runs.")
        RegisterPatroni patroni)
        implements OperationSpec {

    private static final int LONGEST_PASSWORD = 1000;

    public Register {
        sslMode = sslMode == null ? "prefer" : sslMode;
        labels = labels == null ? Map.of() : Map.copyOf(labels);
    }

    /** Where an instance of an existing cluster listens. */
    @Schema(description = "Where an instance of an existing cluster listens.")
    public record InstanceAddress(
            @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
            @Schema(description = "Its name; the cluster's name and a number when left out.")
            String name,

            @NotNull @Pattern(regexp = Names.ADDRESS, message = Names.ADDRESS_RULE)
            String address,

            @NotNull @Min(1) @Max(65535) Integer port) {}

    /** How the Patroni of a cluster is reached. */
    @Schema(description = "How the Patroni of a cluster is reached.")
    public record RegisterPatroni(
            @NotEmpty
            @Size(max = 16)
            @Schema(description = "Where its REST APIs answer; they are asked one after the other.")
            List<
                            @NotNull @Size(max = 270)
                            @Pattern(
                                    regexp = "https?://[A-Za-z0-9._\\[\\]:-]{1,260}",
                                    message = "must be a URL such as http://10.0.0.7:8008")
                            String>
                    urls,

            @Size(min = 1, max = 200)
            @Pattern(regexp = "[^:\\x00-\\x1F\\x7F]*", message = "must have no colon and no control characters")
            @Schema(description = "restapi.authentication.username; left out when it asks for none.")
            String username,

            @Schema(
                    description = "restapi.authentication.password; sealed at rest, never shown.",
                    implementation = String.class,
                    format = "password",
                    maxLength = LONGEST_PASSWORD,
                    writeOnly = true)
            Secret password,

            @Size(max = 100_000)
            @Schema(
                    description =
                            "PEM of who signed the certificates of https URLs; left out for those that Java knows.")
            String caCertificate) {
        @AssertTrue(message = "password: must have at most " + LONGEST_PASSWORD + " characters")
        @JsonIgnore
        @Schema(hidden = true)
        public boolean isPasswordShort() {
            return isShort(password);
        }

        PatroniApi api() {
            return new PatroniApi(urls.stream().map(URI::create).toList(), username, password, caCertificate);
        }
    }

    @AssertTrue(message = "instances: must be given, unless patroni is, which knows them")
    @JsonIgnore
    @Schema(hidden = true)
    public boolean isEitherGiven() {
        return (instances == null) != (patroni == null);
    }

    private static boolean isShort(Secret password) {
        return password == null || password.reveal().length() <= LONGEST_PASSWORD;
    }

    @AssertTrue(message = "password: must have at most " + LONGEST_PASSWORD + " characters")
    @JsonIgnore
    @Schema(hidden = true)
    public boolean isPasswordShort() {
        return isShort(password);
    }

    @Override
    public Map<String, String> newTargetLabels() {
        return labels;
    }

    /** What was registered. */
    @Schema(description = "The cluster that was registered.")
    public record RegisterResult(String cluster, List<String> instances, String systemIdentifier) {}
}
