package io.pgbosun.secret;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Mac;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.KmsEnvelopeAead;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.mac.MacConfig;
import com.google.crypto.tink.mac.PredefinedMacParameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Seals secrets at rest by Tink's envelope encryption: a fresh AES-256-GCM key per secret, wrapped by the key of the key
 * file. Every service over one control database must have the same key file.
 */
public final class Vault {
    private final Aead envelope;
    private final Mac mac;

    private Vault(KeysetHandle encryption, KeysetHandle authentication) throws GeneralSecurityException {
        var wrapping = encryption.getPrimitive(RegistryConfiguration.get(), Aead.class);
        envelope = KmsEnvelopeAead.create(PredefinedAeadParameters.AES256_GCM, wrapping);
        mac = authentication.getPrimitive(RegistryConfiguration.get(), Mac.class);
    }

    /** Opens the key file, made with mode 0600 when it is absent: two lines, each a Tink keyset in JSON. */
    public static Vault open(Path keyFile) {
        try {
            AeadConfig.register();
            MacConfig.register();
            if (!Files.exists(keyFile)) {
                create(keyFile);
            }
            var lines = Files.readAllLines(keyFile);
            return new Vault(parse(lines.get(0)), parse(lines.get(1)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key file " + keyFile + " cannot be used", e);
        } catch (IOException e) {
            throw new UncheckedIOException("the key file " + keyFile + " cannot be read", e);
        }
    }

    private static KeysetHandle parse(String json) throws GeneralSecurityException {
        return TinkJsonProtoKeysetFormat.parseKeyset(json, InsecureSecretKeyAccess.get());
    }

    private static void create(Path keyFile) throws GeneralSecurityException {
        KeyFiles.create(
                keyFile,
                List.of(
                        fresh(KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM)),
                        fresh(KeysetHandle.generateNew(PredefinedMacParameters.HMAC_SHA256_256BITTAG))));
    }

    private static String fresh(KeysetHandle keys) throws GeneralSecurityException {
        return TinkJsonProtoKeysetFormat.serializeKeyset(keys, InsecureSecretKeyAccess.get())
                .replaceAll("\\s+", "");
    }

    /** The sealed form, in base 64; it opens only with the same context. */
    public String seal(Secret secret, String context) {
        try {
            var sealed = envelope.encrypt(
                    secret.reveal().getBytes(StandardCharsets.UTF_8), context.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a secret cannot be sealed", e);
        }
    }

    public Secret unseal(String sealed, String context) {
        try {
            var plain = envelope.decrypt(Base64.getDecoder().decode(sealed), context.getBytes(StandardCharsets.UTF_8));
            return Secret.of(new String(plain, StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "a stored secret cannot be opened: is PGBOSUN_KEY_FILE the one it was sealed with?", e);
        }
    }

    /** A keyed digest (HMAC-SHA-256), in hexadecimal: the same for equal texts, and of no use for guessing them. */
    public String fingerprint(String text) {
        try {
            return HexFormat.of().formatHex(mac.computeMac(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a fingerprint cannot be computed", e);
        }
    }
}
