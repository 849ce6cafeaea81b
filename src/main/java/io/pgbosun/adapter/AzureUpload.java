package io.pgbosun.adapter;

import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.azure.storage.blob.options.BlockBlobStageBlockOptions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import io.pgbosun.host.ObjectStore.Written;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;

/** One blob on its way into a container: by one request when it is small, else in blocks that become a blob at the end. */
final class AzureUpload {
    private static final Logger LOG = Logger.getLogger(AzureUpload.class);
    private static final int MOST_BLOCKS = 50_000;
    private static final Duration COMMIT = Duration.ofSeconds(60);
    /** Tells which put has made a blob. */
    private static final String MARK = "pgbosun_put";
    /** The mark of an empty blob that is there for a moment only, to free blocks. */
    private static final String DISCARDED = "discarded";

    private static final int SERVER_FAILED = 500;

    private final AzureContainer container;
    private final String key;
    private final BlockBlobClient blob;
    private final String notStored;
    private final String mark = UUID.randomUUID().toString();

    AzureUpload(AzureContainer container, String key) {
        this.container = container;
        this.key = key;
        blob = container.blob(key);
        notStored = container.named(key) + " cannot be stored";
    }

    Written run(InputStream content, PartSpace space) {
        var parts = new Parts(container.named(key), content, space, MOST_BLOCKS);
        try (var first = parts.next()) {
            if (first.last()) {
                putWhole(first);
            } else {
                putInBlocks(first, parts);
            }
            return parts.written();
        }
    }

    private void putWhole(Part part) {
        var options = new BlockBlobSimpleUploadOptions(data(part))
                .setContentMd5(part.md5Bytes())
                .setMetadata(Map.of(MARK, mark))
                .setRequestConditions(whereNothingIs());
        publish(() -> blob.uploadWithResponse(options, null, AzureContainer.answeredWithin(part.limit())));
    }

    private void putInBlocks(Part first, Parts parts) {
        try {
            var sent = AzureContainer.asking(notStored, () -> PartLanes.send(first, parts, this::sendBlock));
            var options = new BlockBlobCommitBlockListOptions(sent)
                    .setMetadata(Map.of(MARK, mark))
                    .setRequestConditions(whereNothingIs());
            publish(() -> blob.commitBlockListWithResponse(options, null, AzureContainer.answeredWithin(COMMIT)));
        } catch (RuntimeException e) {
            // beside a blob that is there, Azure drops them by itself
            if (!(e instanceof Problem problem && problem.type() == ProblemType.ALREADY_EXISTS)) {
                discard(container, key);
            }
            throw e;
        }
    }

    /** Names of blocks must differ between two who store the same blob at once, and be equally long. */
    private String sendBlock(Part part) {
        var name = "%s-%05d".formatted(mark, part.number()).getBytes(StandardCharsets.US_ASCII);
        var id = Base64.getEncoder().encodeToString(name);
        var options = new BlockBlobStageBlockOptions(id, data(part)).setContentMd5(part.md5Bytes());
        blob.stageBlockWithResponse(options, null, AzureContainer.answeredWithin(part.limit()));
        return id;
    }

    /** A try whose answer was lost has perhaps done it: the next one is told that the name is taken, which is by us. */
    private void publish(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            var found = mayHaveBeenDone(e) ? markThere() : "";
            if (found.equals(mark)) {
                return;
            }
            if (isTaken(e) || (isLost(e) && !found.isEmpty())) {
                throw StoreProblem.taken(container.named(key));
            }
            throw AzureContainer.problem(notStored, e);
        }
    }

    private static boolean isTaken(RuntimeException e) {
        return e instanceof BlobStorageException answer
                && (BlobErrorCode.BLOB_ALREADY_EXISTS.equals(answer.getErrorCode())
                        || BlobErrorCode.CONDITION_NOT_MET.equals(answer.getErrorCode()));
    }

    /** Whoever commits first takes the blocks of all others away. */
    private static boolean isLost(RuntimeException e) {
        return e instanceof BlobStorageException answer
                && BlobErrorCode.INVALID_BLOCK_LIST.equals(answer.getErrorCode());
    }

    private static boolean mayHaveBeenDone(RuntimeException e) {
        return !(e instanceof BlobStorageException answer)
                || isTaken(e)
                || isLost(e)
                || answer.getStatusCode() >= SERVER_FAILED;
    }

    /** The mark of the blob that has our name; empty when there is none. */
    private String markThere() {
        try {
            return blob.getPropertiesWithResponse(null, AzureContainer.QUICK, Context.NONE)
                    .getValue()
                    .getMetadata()
                    .getOrDefault(MARK, "another's");
        } catch (RuntimeException e) {
            LOG.debugf(e, "whether %s is there is not known", container.named(key));
            return "";
        }
    }

    /**
     * Frees the blocks of a blob that has none committed; whether there was such a one. Azure has no request for that: an
     * empty blob takes them away, marked so that nobody takes it for an object, and is deleted.
     */
    static boolean discard(AzureContainer container, String key) {
        try {
            var blob = container.blob(key);
            var empty = new BlockBlobCommitBlockListOptions(List.of())
                    .setMetadata(Map.of(MARK, DISCARDED))
                    .setRequestConditions(whereNothingIs());
            var made = blob.commitBlockListWithResponse(empty, AzureContainer.QUICK, Context.NONE);
            return removeDiscarded(container, key, made.getValue().getETag());
        } catch (RuntimeException e) {
            LOG.warnf("blocks of %s are left behind: %s", container.named(key), e.getMessage());
            return false;
        }
    }

    /** Removes the empty blob, also one that a run which died has left; whether it was there. */
    static boolean removeDiscarded(AzureContainer container, String key, String eTag) {
        try {
            var same = new BlobRequestConditions().setIfMatch(eTag);
            container.blob(key).deleteWithResponse(null, same, AzureContainer.QUICK, Context.NONE);
            return true;
        } catch (RuntimeException e) {
            LOG.warnf("the empty blob that was %s is left behind: %s", container.named(key), e.getMessage());
            return false;
        }
    }

    /** Whether a blob with this metadata is there for a moment only. */
    static boolean isDiscarded(Map<String, String> metadata) {
        return metadata != null && DISCARDED.equals(metadata.get(MARK));
    }

    private static BlobRequestConditions whereNothingIs() {
        return new BlobRequestConditions().setIfNoneMatch("*");
    }

    private static BinaryData data(Part part) {
        return switch (part.room()) {
            case PartRoom.Memory memory -> BinaryData.fromByteBuffer(memory.view());
            case PartRoom.Spool spool -> BinaryData.fromFile(spool.file());
        };
    }
}
