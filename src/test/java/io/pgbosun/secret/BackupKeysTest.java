package io.pgbosun.secret;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is encrypted with one key is decrypted when there are newer ones, and as nothing else. */
class BackupKeysTest {
    private final byte[] content = new byte[3 * 1024 * 1024 + 17];

    @TempDir
    Path directory;

    BackupKeysTest() {
        new Random(1).nextBytes(content);
    }

    private BackupKeys keys() {
        return new BackupKeys(directory.resolve("backup-keys"));
    }

    private byte[] encrypted(String context) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var encrypting = keys().current().encrypting(out, context)) {
            encrypting.write(content);
        }
        return out.toByteArray();
    }

    private byte[] decrypted(byte[] bytes, String context) throws IOException {
        var key = keys().decryption(keys().current().keyId()).orElseThrow();
        try (var in = key.decrypting(new ByteArrayInputStream(bytes), context)) {
            return in.readAllBytes();
        }
    }

    @Test
    void a_key_is_made_when_it_is_first_needed_for_nobody_else_to_read() throws IOException {
        assertTrue(keys().list().isEmpty());
        var key = keys().current().keyId();
        assertEquals(key, keys().current().keyId());
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("backup-keys"))));
    }

    @Test
    void what_an_older_key_has_encrypted_is_decrypted_after_a_rotation() throws IOException {
        var old = keys().current().keyId();
        var bytes = encrypted("a");
        var current = keys().rotate();
        assertEquals(current, keys().current().keyId());
        assertTrue(keys().decryption(old).isPresent());
        assertTrue(keys().decryption(old + 1).isEmpty());
        assertEquals(2, keys().list().size());
        assertArrayEquals(content, decrypted(bytes, "a"));
        assertFalse(Arrays.equals(bytes, encrypted("a")));
    }

    @Test
    void of_keys_that_are_added_at_once_none_is_lost() {
        var added = IntStream.range(0, 8)
                .parallel()
                .mapToObj(number -> keys().rotate())
                .collect(Collectors.toSet());
        assertEquals(8, added.size());
        assertTrue(added.stream().allMatch(key -> keys().decryption(key).isPresent()));
    }

    @Test
    void what_a_key_has_begun_to_encrypt_it_ends_though_there_is_a_newer_one() throws IOException {
        var old = keys().current();
        var out = new ByteArrayOutputStream();
        try (var encrypting = old.encrypting(out, "a")) {
            encrypting.write(content, 0, 100);
            keys().rotate();
            encrypting.write(content, 100, content.length - 100);
        }
        assertArrayEquals(content, decrypted(out.toByteArray(), "a"));
    }

    @Test
    void what_is_altered_cut_off_or_put_in_anothers_place_is_not_decrypted() throws IOException {
        keys().current();
        var bytes = encrypted("a");
        assertThrows(IOException.class, () -> decrypted(bytes, "b"));
        assertThrows(IOException.class, () -> decrypted(Arrays.copyOf(bytes, bytes.length - 1), "a"));
        assertThrows(IOException.class, () -> decrypted(Arrays.copyOf(bytes, 2 * 1024 * 1024), "a"));
        bytes[bytes.length / 2] ^= 1;
        assertThrows(IOException.class, () -> decrypted(bytes, "a"));
    }
}
