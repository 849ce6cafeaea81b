package io.pgbosun.host;

import io.pgbosun.secret.Secret;
import java.net.URI;
import java.nio.file.Path;

/** Where a repository is. */
public sealed interface Location {
    /** How it is called, without secrets: unique among repositories. */
    String display();

    /** A directory of this host. */
    record Directory(Path path) implements Location {
        @Override
        public String display() {
            return path.toString();
        }
    }

    /**
     * Objects in a bucket, over the protocol of Amazon S3.
     *
     * @param prefix what all keys begin with: empty, or ending with {@code /}
     * @param endpoint null for Amazon's own
     * @param pathStyle whether the bucket is named in the path rather than in the host name
     */
    record S3(
            String bucket,
            String prefix,
            String region,
            URI endpoint,
            boolean pathStyle,
            String accessKeyId,
            Secret secretAccessKey)
            implements Location {
        @Override
        public String display() {
            return (endpoint == null ? "s3:/" : "s3+" + endpoint) + "/" + bucket + "/" + prefix;
        }
    }

    /**
     * Blobs in a container of Azure Blob Storage.
     *
     * @param prefix what all names begin with: empty, or ending with {@code /}
     * @param endpoint of the account, such as {@code https://account.blob.core.windows.net}
     */
    record AzureBlob(String container, String prefix, URI endpoint, String accountName, Secret accountKey)
            implements Location {
        @Override
        public String display() {
            return "azure+" + endpoint + "/" + container + "/" + prefix;
        }
    }
}
