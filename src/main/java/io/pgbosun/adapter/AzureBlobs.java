package io.pgbosun.adapter;

import com.azure.core.util.Context;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlobInputStreamOptions;
import io.pgbosun.host.Location;
import io.pgbosun.host.ObjectStore;
import java.io.InputStream;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Objects in a container of Azure Blob Storage, as block blobs. */
final class AzureBlobs implements ObjectStore {
    private static final int READ_BYTES = 4 * PartSpace.MIB;
    private static final int PAGE = 1000;

    private final AzureContainer container;
    private final String place;
    private final PartSpace space;

    AzureBlobs(Location.AzureBlob location, PartSpace space) {
        this.space = space;
        container = AzureContainer.at(location);
        place = location.display();
    }

    /** Looks first, so that nothing is sent in vain. */
    @Override
    public Written put(String key, InputStream content) {
        if (find(key).isPresent()) {
            throw StoreProblem.taken(container.named(key));
        }
        return new AzureUpload(container, key).run(content, space);
    }

    @Override
    public InputStream open(String key) {
        var found = properties(key).orElseThrow(() -> StoreProblem.absent(container.named(key)));
        return new ObjectStream(
                container.named(key),
                found.getBlobSize(),
                found.getBlobSize() == 0 ? InputStream.nullInputStream() : from(key, 0, found.getETag()),
                position -> from(key, position, found.getETag()),
                e -> StoreProblem.silent(notRead(key), e));
    }

    private InputStream from(String key, long position, String eTag) {
        var options = new BlobInputStreamOptions()
                .setBlockSize(READ_BYTES)
                .setRange(new BlobRange(position))
                .setRequestConditions(new BlobRequestConditions().setIfMatch(eTag));
        return AzureContainer.asking(notRead(key), () -> container.blob(key).openInputStream(options));
    }

    private String notRead(String key) {
        return container.named(key) + " cannot be read";
    }

    @Override
    public Optional<StoredObject> find(String key) {
        return properties(key).map(found -> new StoredObject(key, found.getBlobSize()));
    }

    private Optional<BlobProperties> properties(String key) {
        return AzureContainer.asking(place + " cannot be looked at", () -> {
            try {
                var found = container.blob(key).getPropertiesWithResponse(null, AzureContainer.QUICK, Context.NONE);
                return Optional.of(found.getValue()).filter(blob -> !AzureUpload.isDiscarded(blob.getMetadata()));
            } catch (BlobStorageException e) {
                return emptyWhenAbsent(e);
            }
        });
    }

    private static <T> Optional<T> emptyWhenAbsent(BlobStorageException e) {
        if (BlobErrorCode.BLOB_NOT_FOUND.equals(e.getErrorCode())) {
            return Optional.empty();
        }
        throw e;
    }

    @Override
    public List<StoredObject> list(String prefix) {
        return AzureContainer.asking(
                place + " cannot be listed",
                () -> committed(prefix)
                        .filter(blob -> !AzureUpload.isDiscarded(blob.getMetadata()))
                        .map(blob -> new StoredObject(
                                container.key(blob.getName()),
                                blob.getProperties().getContentLength()))
                        .filter(object -> !object.key().isEmpty())
                        .sorted(Comparator.comparing(StoredObject::key))
                        .toList());
    }

    private Stream<BlobItem> committed(String prefix) {
        return items(prefix, new BlobListDetails().setRetrieveMetadata(true));
    }

    private Stream<BlobItem> items(String prefix, BlobListDetails details) {
        var options = new ListBlobsOptions()
                .setPrefix(container.full(prefix))
                .setMaxResultsPerPage(PAGE)
                .setDetails(details);
        return container.client().listBlobs(options, null).stream();
    }

    @Override
    public void delete(String key) {
        AzureContainer.asking(container.named(key) + " cannot be deleted", () -> {
            try {
                return Optional.of(
                        container.blob(key).deleteWithResponse(null, null, AzureContainer.QUICK, Context.NONE));
            } catch (BlobStorageException e) {
                return emptyWhenAbsent(e);
            }
        });
    }

    /**
     * What has uncommitted blocks and is no blob; those that became one meanwhile are in the second list too. And the empty
     * blobs of a run that died while it freed blocks: nobody sees them, and nothing can be stored in their place.
     */
    @Override
    public int abandon(String prefix) {
        return AzureContainer.asking("unfinished uploads to " + place + " cannot be listed", () -> {
            var all = items(prefix, new BlobListDetails().setRetrieveUncommittedBlobs(true))
                    .map(BlobItem::getName)
                    .toList();
            var there = committed(prefix).toList();
            var names = there.stream().map(BlobItem::getName).collect(Collectors.toSet());
            var begun = all.stream()
                    .filter(name -> !names.contains(name))
                    .filter(name -> AzureUpload.discard(container, container.key(name)))
                    .count();
            var discarded = there.stream()
                    .filter(blob -> AzureUpload.isDiscarded(blob.getMetadata()))
                    .filter(blob -> AzureUpload.removeDiscarded(
                            container,
                            container.key(blob.getName()),
                            blob.getProperties().getETag()))
                    .count();
            return (int) (begun + discarded);
        });
    }
}
