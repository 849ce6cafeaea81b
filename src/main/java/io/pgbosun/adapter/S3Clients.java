package io.pgbosun.adapter;

import io.pgbosun.host.Location;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Makes clients of S3, which share connections and timers; the first one loads the SDK. */
final class S3Clients {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final Duration SHORT_TRY = Duration.ofSeconds(10);
    /** Of standard retries: the first and two more. */
    private static final int TRIES = 3;

    /** The JDK's own connections: no other client is so small, and one thread for each request is what we have. */
    private static final SdkHttpClient HTTP = UrlConnectionHttpClient.builder()
            .connectionTimeout(CONNECT)
            .socketTimeout(SILENCE)
            .build();

    private static final ScheduledExecutorService TIMERS = Executors.newScheduledThreadPool(
            1, Thread.ofPlatform().daemon().name("s3-timer").factory());

    private S3Clients() {}

    /**
     * For one bucket, with nothing taken from files of the user. Checksums of the SDK's own kind are left out where they
     * need not be: many servers do not know them, and all know Content-MD5.
     */
    static S3Client at(Location.S3 location) {
        var credentials = AwsBasicCredentials.create(
                location.accessKeyId(), location.secretAccessKey().reveal());
        var builder = S3Client.builder()
                .httpClient(HTTP)
                .region(Region.of(location.region()))
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .forcePathStyle(location.pathStyle())
                .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(S3Clients::configure);
        if (location.endpoint() != null) {
            builder.endpointOverride(location.endpoint());
        }
        return builder.build();
    }

    private static void configure(ClientOverrideConfiguration.Builder override) {
        override.retryStrategy(RetryMode.STANDARD)
                .scheduledExecutorService(TIMERS)
                .defaultProfileFile(ProfileFile.aggregator().build());
    }

    /** For what is answered at once: a dead service is told after half a minute. */
    static void quick(AwsRequestOverrideConfiguration.Builder override) {
        limited(override, SHORT_TRY);
    }

    /** For what may take its time. */
    static void patient(AwsRequestOverrideConfiguration.Builder override) {
        limited(override, SILENCE);
    }

    static void limited(AwsRequestOverrideConfiguration.Builder override, Duration oneTry) {
        override.apiCallAttemptTimeout(oneTry).apiCallTimeout(oneTry.multipliedBy(TRIES));
    }
}
