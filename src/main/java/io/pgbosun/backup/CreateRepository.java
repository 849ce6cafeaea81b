package io.pgbosun.backup;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.pgbosun.cluster.Names;
import io.pgbosun.host.Location;
import io.pgbosun.secret.Secret;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.nio.file.Path;
import java.util.Base64;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A new repository. */
@Schema(description = "A new repository; refused unless a probe file can be written, read, listed and deleted there.")
public record CreateRepository(
        @NotNull @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        String name,

        @NotNull Repository.Type type,

        @Pattern(regexp = Names.PATH, message = Names.PATH_RULE)
        @Schema(description = "A directory that the service may write to; for FILESYSTEM.")
        String path,

        @Valid @Schema(description = "The bucket; for S3.") S3Bucket s3,

        @Valid @Schema(description = "The container; for AZURE_BLOB.")
        AzureContainer azureBlob,

        @Schema(
                description =
                        "Encrypts backups before they leave this host, with the current key of the ring; false when left out.")
        Boolean encrypted) {
    private static final String PREFIX = "[A-Za-z0-9._-][A-Za-z0-9._/-]{0,398}[/]";
    private static final String PREFIX_RULE =
            "must be letters, digits, dots, hyphens, underscores or slashes, with a slash at the end";
    private static final String ENDPOINT = "https?[:]//[A-Za-z0-9.:_-]{1,255}(/[A-Za-z0-9._-]{1,100})?";
    private static final String ENDPOINT_RULE = "must be an address such as https://storage.example.com";

    public CreateRepository {
        encrypted = encrypted != null && encrypted;
    }

    /** A bucket of Amazon S3, or of what speaks its protocol. */
    @Schema(description = "A bucket of Amazon S3, or of what speaks its protocol.")
    public record S3Bucket(
            @NotNull
            @Pattern(
                    regexp = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
                    message = "must be 3 to 63 lower-case letters, digits, dots or hyphens")
            String bucket,

            @Pattern(regexp = PREFIX, message = PREFIX_RULE)
            @Schema(description = "What the keys of all objects begin with; nothing when left out.")
            String prefix,

            @Pattern(regexp = "[a-z0-9-]{1,40}", message = "must be the name of a region, such as eu-central-1")
            @Schema(description = "us-east-1 when left out.")
            String region,

            @Pattern(regexp = ENDPOINT, message = ENDPOINT_RULE)
            @Schema(description = "Where the service is; Amazon's own when left out.")
            String endpoint,

            @Schema(
                    description =
                            "Names the bucket in the path rather than in the host name; so it is with an endpoint, unless said otherwise.")
            Boolean pathStyle,

            @NotNull @Pattern(regexp = "[\\x21-\\x7E]{1,128}", message = "must be printable ASCII")
            String accessKeyId,

            @NotNull
            @Schema(
                    description = "Sealed at rest, never shown.",
                    implementation = String.class,
                    format = "password",
                    maxLength = 1000,
                    writeOnly = true)
            Secret secretAccessKey) {
        public S3Bucket {
            region = region == null ? "us-east-1" : region;
            pathStyle = pathStyle == null ? endpoint != null : pathStyle;
        }
    }

    /** A container of Azure Blob Storage. */
    @Schema(description = "A container of Azure Blob Storage.")
    public record AzureContainer(
            @NotNull
            @Pattern(
                    regexp = "[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
                    message = "must be 3 to 63 lower-case letters, digits or hyphens")
            String container,

            @Pattern(regexp = PREFIX, message = PREFIX_RULE)
            @Schema(description = "What the names of all blobs begin with; nothing when left out.")
            String prefix,

            @NotNull @Pattern(regexp = "[a-z0-9]{3,24}", message = "must be 3 to 24 lower-case letters or digits")
            String accountName,

            @NotNull
            @Schema(
                    description = "Sealed at rest, never shown.",
                    implementation = String.class,
                    format = "password",
                    maxLength = 1000,
                    writeOnly = true)
            Secret accountKey,

            @Pattern(regexp = ENDPOINT, message = ENDPOINT_RULE)
            @Schema(description = "Where the account is; https://ACCOUNT.blob.core.windows.net when left out.")
            String endpoint) {
        public AzureContainer {
            endpoint = endpoint == null ? "https://" + accountName + ".blob.core.windows.net" : endpoint;
        }

        @AssertTrue(message = "accountKey: must be in Base64, as Azure shows it")
        @Schema(hidden = true)
        @JsonIgnore
        public boolean isKeyInBase64() {
            try {
                return accountKey == null || Base64.getDecoder().decode(accountKey.reveal()).length > 0;
            } catch (IllegalArgumentException notBase64) {
                return false;
            }
        }
    }

    @AssertTrue(message = "path: must be given for FILESYSTEM, and for it alone")
    @Schema(hidden = true)
    @JsonIgnore
    public boolean isPathFitting() {
        return type == null || (path != null) == (type == Repository.Type.FILESYSTEM);
    }

    @AssertTrue(message = "s3: must be given for S3, and for it alone")
    @Schema(hidden = true)
    @JsonIgnore
    public boolean isS3Fitting() {
        return type == null || (s3 != null) == (type == Repository.Type.S3);
    }

    @AssertTrue(message = "azureBlob: must be given for AZURE_BLOB, and for it alone")
    @Schema(hidden = true)
    @JsonIgnore
    public boolean isAzureBlobFitting() {
        return type == null || (azureBlob != null) == (type == Repository.Type.AZURE_BLOB);
    }

    Location location() {
        return switch (type) {
            case FILESYSTEM -> new Location.Directory(Path.of(path).normalize());
            case S3 ->
                new Location.S3(
                        s3.bucket(),
                        text(s3.prefix()),
                        s3.region(),
                        s3.endpoint() == null ? null : URI.create(s3.endpoint()),
                        s3.pathStyle(),
                        s3.accessKeyId(),
                        s3.secretAccessKey());
            case AZURE_BLOB ->
                new Location.AzureBlob(
                        azureBlob.container(),
                        text(azureBlob.prefix()),
                        URI.create(azureBlob.endpoint()),
                        azureBlob.accountName(),
                        azureBlob.accountKey());
        };
    }

    private static String text(String optional) {
        return optional == null ? "" : optional;
    }
}
