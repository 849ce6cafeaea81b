package io.pgbosun.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a bucket or container is, and who one is there. */
final class BucketOptions {
    @Option(names = "--bucket", description = "The bucket (s3).")
    String bucket;

    @Option(names = "--region", description = "Its region (s3); us-east-1 when left out.")
    String region;

    @Option(names = "--access-key-id", description = "The id of the access key (s3).")
    String accessKeyId;

    @Option(names = "--container", description = "The container (azure-blob).")
    String container;

    @Option(names = "--account", description = "The name of the storage account (azure-blob).")
    String account;

    @Option(names = "--prefix", description = "What all keys begin with, such as pgbosun/.")
    String prefix;

    @Option(names = "--endpoint", description = "Where the service is, when it is not Amazon's or Azure's own.")
    String endpoint;

    @Option(names = "--secret-file", description = "A file that holds the secret key.")
    Path secretFile;

    void addTo(Body body, Session session, String type) {
        if ("S3".equals(type)) {
            body.body(
                    "s3",
                    Body.of()
                            .text("bucket", bucket)
                            .text("prefix", prefix)
                            .text("region", region)
                            .text("endpoint", endpoint)
                            .text("accessKeyId", accessKeyId)
                            .text("secretAccessKey", secret(session)));
        } else if ("AZURE_BLOB".equals(type)) {
            body.body(
                    "azureBlob",
                    Body.of()
                            .text("container", container)
                            .text("prefix", prefix)
                            .text("accountName", account)
                            .text("accountKey", secret(session))
                            .text("endpoint", endpoint));
        }
    }

    private String secret(Session session) {
        return PasswordSource.read(session, secretFile, "Secret key: ");
    }
}
