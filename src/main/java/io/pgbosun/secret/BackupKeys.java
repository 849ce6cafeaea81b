package io.pgbosun.secret;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.streamingaead.PredefinedStreamingAeadParameters;
import com.google.crypto.tink.streamingaead.StreamingAeadConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The ring of keys that backups are encrypted with, by Tink's streaming AEAD (AES-256-GCM-HKDF in segments of 1 MiB): the
 * current one encrypts, all of them decrypt. Whoever loses its file loses what was encrypted with it.
 */
public final class BackupKeys {
    private final Path file;

    /**
     * Reads nothing yet.
     *
     * @param file a Tink keyset in JSON, made with mode 0600 when a key is first needed; read again at each use
     */
    public BackupKeys(Path file) {
        this.file = file;
        try {
            StreamingAeadConfig.register();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-GCM", e);
        }
    }

    /**
     * A key of the ring.
     *
     * @param current whether backups are encrypted with it from now on
     */
    public record BackupKey(long id, boolean current) {}

    /** All keys, the oldest first; none before the first one was needed. */
    public List<BackupKey> list() {
        return Files.exists(file) ? keys(read()) : List.of();
    }

    private static List<BackupKey> keys(KeysetHandle ring) {
        return IntStream.range(0, ring.size())
                .mapToObj(ring::getAt)
                .map(entry -> new BackupKey(id(entry.getId()), entry.isPrimary()))
                .toList();
    }

    /** What decrypts; empty when the ring does not have this key. */
    public Optional<Decryption> decryption(long keyId) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        var ring = read();
        return keys(ring).stream().anyMatch(key -> key.id() == keyId)
                ? Optional.of(new Decryption(aead(ring)))
                : Optional.empty();
    }

    /** The key that encrypts now; the first one is made when there is none. */
    public Encryption current() {
        if (!Files.exists(file)) {
            KeyFiles.create(file, List.of(text(withFreshKey(KeysetHandle.newBuilder()))));
        }
        var ring = read();
        return new Encryption(id(ring.getPrimary().getId()), aead(ring));
    }

    /** Adds a key, with which backups are encrypted from now on; the others stay to decrypt. */
    public long rotate() {
        current();
        return KeyFiles.alone(file, () -> {
            var ring = withFreshKey(KeysetHandle.newBuilder(read()));
            KeyFiles.replace(file, List.of(text(ring)));
            return id(ring.getPrimary().getId());
        });
    }

    /** What is encrypted with one key, whatever key is the current one by then. */
    public static final class Encryption {
        private final long keyId;
        private final StreamingAead aead;

        private Encryption(long keyId, StreamingAead aead) {
            this.keyId = keyId;
            this.aead = aead;
        }

        public long keyId() {
            return keyId;
        }

        /**
         * Encrypts. What is written is whole only when the stream was closed, which closes the other one.
         *
         * @param context what it is, such as its name: it decrypts as nothing else
         */
        public OutputStream encrypting(OutputStream to, String context) throws IOException {
            try {
                return aead.newEncryptingStream(to, context.getBytes(StandardCharsets.UTF_8));
            } catch (GeneralSecurityException e) {
                throw new IOException("it cannot be encrypted", e);
            }
        }
    }

    /** All keys of the ring as it was read: each file tells by itself which of them it takes. */
    public static final class Decryption {
        private final StreamingAead aead;

        private Decryption(StreamingAead aead) {
            this.aead = aead;
        }

        /** Decrypts; reading fails with an {@code IOException} when it was altered, or encrypted as something else. */
        public InputStream decrypting(InputStream from, String context) throws IOException {
            try {
                return aead.newDecryptingStream(from, context.getBytes(StandardCharsets.UTF_8));
            } catch (GeneralSecurityException e) {
                throw new IOException("it cannot be decrypted", e);
            }
        }
    }

    private static StreamingAead aead(KeysetHandle ring) {
        try {
            return ring.getPrimitive(RegistryConfiguration.get(), StreamingAead.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the keys of backups cannot be used", e);
        }
    }

    private static KeysetHandle withFreshKey(KeysetHandle.Builder ring) {
        try {
            return ring.addEntry(KeysetHandle.generateEntryFromParameters(
                                    PredefinedStreamingAeadParameters.AES256_GCM_HKDF_1MB)
                            .withRandomId()
                            .makePrimary())
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key cannot be made", e);
        }
    }

    private static String text(KeysetHandle ring) {
        try {
            return TinkJsonProtoKeysetFormat.serializeKeyset(ring, InsecureSecretKeyAccess.get());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a ring of keys cannot be written", e);
        }
    }

    private KeysetHandle read() {
        try {
            return TinkJsonProtoKeysetFormat.parseKeyset(Files.readString(file), InsecureSecretKeyAccess.get());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the keys of backups in " + file + " cannot be used", e);
        } catch (IOException e) {
            throw new UncheckedIOException("the keys of backups in " + file + " cannot be read", e);
        }
    }

    /** Tink counts them as unsigned. */
    private static long id(int key) {
        return Integer.toUnsignedLong(key);
    }
}
