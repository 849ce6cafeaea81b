package io.pgbosun.adapter;

import io.pgbosun.host.Location;
import io.pgbosun.problem.Problem;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;

/** A bucket, the client that speaks to it, and what its failures mean to a caller. */
record S3Bucket(Location.S3 location, S3Client client) {
    String name() {
        return location.bucket();
    }

    /** The key as the bucket has it. */
    String full(String key) {
        return location.prefix() + key;
    }

    /** Without what all keys begin with. */
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
     * @param failed a sentence without its end, such as {@code s3://backups/ cannot be listed}
     */
    static <T> T asking(String failed, Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw problem(failed, e);
        }
    }

    static Problem problem(String failed, SdkException e) {
        if (StoreProblem.runEnded()) {
            return StoreProblem.ended(failed);
        }
        if (e instanceof AwsServiceException answer) {
            var message = Optional.ofNullable(answer.awsErrorDetails()).map(AwsErrorDetails::errorMessage);
            return StoreProblem.answered(failed, answer.statusCode(), code(answer), message.orElse(""), e);
        }
        return StoreProblem.silent(failed, e);
    }

    /** The service's own; an answer without content has none. */
    static String code(AwsServiceException answer) {
        return Optional.ofNullable(answer.awsErrorDetails())
                .map(AwsErrorDetails::errorCode)
                .filter(code -> !code.isBlank())
                .orElse("status " + answer.statusCode());
    }
}
