package io.pgbosun.adapter;

import io.pgbosun.host.Location;
import io.pgbosun.host.ObjectStore;
import java.io.InputStream;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** Objects in a bucket, on any server that speaks the protocol of Amazon S3. */
final class S3Objects implements ObjectStore {
    private final S3Bucket bucket;
    private final S3Client client;
    private final String place;
    private final PartSpace space;

    S3Objects(Location.S3 location, PartSpace space) {
        this.space = space;
        client = S3Clients.at(location);
        bucket = new S3Bucket(location, client);
        place = location.display();
    }

    /** Looks first: nothing is sent in vain then, and a server that knows no conditions does not replace anything. */
    @Override
    public Written put(String key, InputStream content) {
        if (find(key).isPresent()) {
            throw StoreProblem.taken(bucket.named(key));
        }
        return new S3Upload(bucket, key).run(content, space);
    }

    @Override
    public InputStream open(String key) {
        var first = get(key, 0, null);
        var answer = first.response();
        return new ObjectStream(
                bucket.named(key),
                answer.contentLength(),
                first,
                position -> get(key, position, answer.eTag()),
                e -> StoreProblem.silent(notRead(key), e));
    }

    private ResponseInputStream<GetObjectResponse> get(String key, long position, String eTag) {
        return S3Bucket.asking(notRead(key), () -> {
            try {
                return client.getObject(request -> request.bucket(bucket.name())
                        .key(bucket.full(key))
                        .ifMatch(eTag)
                        .range(position == 0 ? null : "bytes=" + position + "-")
                        .overrideConfiguration(S3Clients::quick));
            } catch (NoSuchKeyException absent) {
                throw StoreProblem.absent(bucket.named(key));
            }
        });
    }

    private String notRead(String key) {
        return bucket.named(key) + " cannot be read";
    }

    /** By a list: it also tells whether the bucket is there. */
    @Override
    public Optional<StoredObject> find(String key) {
        var found = S3Bucket.asking(
                place + " cannot be looked at",
                () -> client.listObjectsV2(request -> request.bucket(bucket.name())
                        .prefix(bucket.full(key))
                        .maxKeys(1)
                        .overrideConfiguration(S3Clients::quick)));
        return found.contents().stream()
                .filter(object -> object.key().equals(bucket.full(key)))
                .map(object -> new StoredObject(key, object.size()))
                .findFirst();
    }

    /** Without the empty object that some programs make for the prefix itself. */
    @Override
    public List<StoredObject> list(String prefix) {
        return S3Bucket.asking(
                place + " cannot be listed",
                () -> client
                        .listObjectsV2Paginator(request -> request.bucket(bucket.name())
                                .prefix(bucket.full(prefix))
                                .overrideConfiguration(S3Clients::quick))
                        .contents()
                        .stream()
                        .map(object -> new StoredObject(bucket.key(object.key()), object.size()))
                        .filter(object -> !object.key().isEmpty())
                        .sorted(Comparator.comparing(StoredObject::key))
                        .toList());
    }

    @Override
    public void delete(String key) {
        S3Bucket.asking(
                bucket.named(key) + " cannot be deleted",
                () -> client.deleteObject(request ->
                        request.bucket(bucket.name()).key(bucket.full(key)).overrideConfiguration(S3Clients::quick)));
    }

    @Override
    public int abandon(String prefix) {
        var begun = S3Bucket.asking(
                "unfinished uploads to " + place + " cannot be listed",
                () -> client
                        .listMultipartUploadsPaginator(request -> request.bucket(bucket.name())
                                .prefix(bucket.full(prefix))
                                .overrideConfiguration(S3Clients::quick))
                        .uploads()
                        .stream()
                        .filter(upload -> upload.key().startsWith(bucket.full(prefix)))
                        .toList());
        return (int) begun.stream()
                .filter(upload -> S3Upload.abort(bucket, upload.key(), upload.uploadId()))
                .count();
    }
}
