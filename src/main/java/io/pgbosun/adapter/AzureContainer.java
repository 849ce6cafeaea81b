package io.pgbosun.adapter;

import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.Context;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.specialized.BlockBlobClient;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.pgbosun.host.Location;
import io.pgbosun.problem.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** A container, the client that speaks to it, and what its failures mean to a caller. */
record AzureContainer(Location.AzureBlob location, BlobContainerClient client) {
    /** For what is answered at once: a dead service is told after half a minute. */
    static final Duration QUICK = Duration.ofSeconds(30);

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final Pattern MESSAGE = Pattern.compile("<Message>([^<\n]*)");

    /** The JDK's own client, which connects once for all containers; made on first use. */
    private static final class Shared {
        static final HttpClient HTTP = new JdkHttpClientBuilder()
                .connectionTimeout(CONNECT)
                .responseTimeout(ANSWER)
                .readTimeout(SILENCE)
                .writeTimeout(SILENCE)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    static AzureContainer at(Location.AzureBlob location) {
        var credential = new StorageSharedKeyCredential(
                location.accountName(), location.accountKey().reveal());
        var service = new BlobServiceClientBuilder()
                .endpoint(location.endpoint().toString())
                .credential(credential)
                .httpClient(Shared.HTTP)
                .retryOptions(retries())
                .buildClient();
        return new AzureContainer(location, service.getBlobContainerClient(location.container()));
    }

    /** A try has no limit of its own here: how long an answer may take goes with each request. */
    private static RequestRetryOptions retries() {
        return new RequestRetryOptions(
                RetryPolicyType.EXPONENTIAL,
                3,
                Duration.ofHours(2),
                Duration.ofMillis(500),
                Duration.ofSeconds(5),
                null);
    }

    /** A request that is answered only after this time is tried again. */
    static Context answeredWithin(Duration limit) {
        return new Context("azure-response-timeout", limit);
    }

    BlockBlobClient blob(String key) {
        return client.getBlobClient(full(key)).getBlockBlobClient();
    }

    /** The name as the container has it. */
    String full(String key) {
        return location.prefix() + key;
    }

    /** Without what all names begin with. */
    String key(String full) {
        return full.substring(location.prefix().length());
    }

    /** For sentences. */
    String named(String key) {
        return "Object '" + key + "' in " + location.display();
    }

    /**
     * Asks; a failure is a problem.
     *
     * @param failed a sentence without its end, such as {@code azure+… cannot be listed}
     */
    static <T> T asking(String failed, Supplier<T> call) {
        try {
            return call.get();
        } catch (Problem problem) {
            throw problem;
        } catch (RuntimeException e) {
            throw problem(failed, e);
        }
    }

    /** What is neither an answer nor none is a mistake of ours. */
    static RuntimeException problem(String failed, RuntimeException e) {
        if (StoreProblem.runEnded()) {
            return StoreProblem.ended(failed);
        }
        if (e instanceof BlobStorageException answer) {
            return StoreProblem.answered(failed, answer.getStatusCode(), code(answer), message(answer), e);
        }
        return StoreProblem.isSilence(e) ? StoreProblem.silent(failed, e) : e;
    }

    private static String code(BlobStorageException answer) {
        return Optional.ofNullable(answer.getErrorCode())
                .map(BlobErrorCode::toString)
                .orElse("status " + answer.getStatusCode());
    }

    private static String message(BlobStorageException answer) {
        var message = MESSAGE.matcher(String.valueOf(answer.getServiceMessage()));
        return message.find() ? message.group(1) : "";
    }
}
