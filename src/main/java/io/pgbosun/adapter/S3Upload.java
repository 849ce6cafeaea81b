package io.pgbosun.adapter;

import io.pgbosun.host.ObjectStore.Written;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** One object on its way into a bucket: by one request when it is small, else in parts that become an object at the end. */
final class S3Upload {
    private static final Logger LOG = Logger.getLogger(S3Upload.class);
    private static final int MOST_PARTS = 10_000;
    private static final String ANY = "*";
    private static final String BYTES = "application/octet-stream";
    /** Tells which put has made an object. */
    private static final String MARK = "pgbosun-put";

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int SERVER_FAILED = 500;

    private final S3Bucket bucket;
    private final String key;
    private final String notStored;
    private final String mark = UUID.randomUUID().toString();

    S3Upload(S3Bucket bucket, String key) {
        this.bucket = bucket;
        this.key = key;
        notStored = bucket.named(key) + " cannot be stored";
    }

    Written run(InputStream content, PartSpace space) {
        var parts = new Parts(bucket.named(key), content, space, MOST_PARTS);
        try (var first = parts.next()) {
            if (first.last()) {
                putWhole(first);
            } else {
                putInParts(first, parts);
            }
            return parts.written();
        }
    }

    private void putWhole(Part part) {
        publish(() -> bucket.client()
                .putObject(
                        request -> request.bucket(bucket.name())
                                .key(bucket.full(key))
                                .ifNoneMatch(ANY)
                                .contentType(BYTES)
                                .contentMD5(part.md5())
                                .metadata(Map.of(MARK, mark))
                                .overrideConfiguration(override -> S3Clients.limited(override, part.limit())),
                        body(part)));
    }

    private void putInParts(Part first, Parts parts) {
        var upload = S3Bucket.asking(
                notStored,
                () -> bucket.client()
                        .createMultipartUpload(request -> request.bucket(bucket.name())
                                .key(bucket.full(key))
                                .contentType(BYTES)
                                .metadata(Map.of(MARK, mark))
                                .overrideConfiguration(S3Clients::quick))
                        .uploadId());
        try {
            var sent = S3Bucket.asking(notStored, () -> PartLanes.send(first, parts, part -> sendPart(upload, part)));
            complete(upload, sent);
        } catch (RuntimeException e) {
            abort(bucket, bucket.full(key), upload);
            throw e;
        }
    }

    private CompletedPart sendPart(String upload, Part part) {
        var answer = bucket.client()
                .uploadPart(
                        request -> request.bucket(bucket.name())
                                .key(bucket.full(key))
                                .uploadId(upload)
                                .partNumber(part.number())
                                .contentMD5(part.md5())
                                .overrideConfiguration(override -> S3Clients.limited(override, part.limit())),
                        body(part));
        return CompletedPart.builder()
                .partNumber(part.number())
                .eTag(answer.eTag())
                .build();
    }

    /** Some servers copy all parts before they answer. */
    private void complete(String upload, List<CompletedPart> sent) {
        publish(() -> bucket.client()
                .completeMultipartUpload(request -> request.bucket(bucket.name())
                        .key(bucket.full(key))
                        .uploadId(upload)
                        .ifNoneMatch(ANY)
                        .multipartUpload(parts -> parts.parts(sent))
                        .overrideConfiguration(S3Clients::patient)));
    }

    /** A try whose answer was lost has perhaps done it: the next one is told that the key is taken, which is by us. */
    private void publish(Runnable call) {
        try {
            call.run();
        } catch (SdkException e) {
            if (mayHaveBeenDone(e) && isOurs()) {
                return;
            }
            if (isTaken(e)) {
                throw StoreProblem.taken(bucket.named(key));
            }
            throw S3Bucket.problem(notStored, e);
        }
    }

    private static boolean isTaken(SdkException e) {
        return e instanceof AwsServiceException answer
                && (answer.statusCode() == PRECONDITION_FAILED || answer.statusCode() == CONFLICT);
    }

    /** An upload that is completed already is not found any more. */
    private static boolean mayHaveBeenDone(SdkException e) {
        return !(e instanceof AwsServiceException answer)
                || isTaken(e)
                || answer.statusCode() == NOT_FOUND
                || answer.statusCode() >= SERVER_FAILED;
    }

    private boolean isOurs() {
        try {
            var found = bucket.client()
                    .headObject(request -> request.bucket(bucket.name())
                            .key(bucket.full(key))
                            .overrideConfiguration(S3Clients::quick));
            return mark.equals(found.metadata().get(MARK));
        } catch (SdkException e) {
            LOG.debugf(e, "whether %s is there is not known", bucket.named(key));
            return false;
        }
    }

    /** Frees what the parts of an upload hold; whether that was possible. */
    static boolean abort(S3Bucket bucket, String fullKey, String upload) {
        try {
            bucket.client()
                    .abortMultipartUpload(request -> request.bucket(bucket.name())
                            .key(fullKey)
                            .uploadId(upload)
                            .overrideConfiguration(S3Clients::quick));
            return true;
        } catch (SdkException e) {
            LOG.warnf(
                    "an upload to '%s' in %s is left behind: %s",
                    fullKey, bucket.location().display(), e.getMessage());
            return false;
        }
    }

    private static RequestBody body(Part part) {
        return RequestBody.fromContentProvider(
                ContentStreamProvider.fromInputStreamSupplier(part::open), part.sizeBytes(), BYTES);
    }
}
