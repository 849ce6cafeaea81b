package io.pgbosun.adapter;

import io.pgbosun.host.SshLogin;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.util.io.resource.PathResource;
import org.apache.sshd.common.util.security.SecurityUtils;

/** The service's own key, and those that hosts show. */
final class SshKeys {
    private static final Set<PosixFilePermission> OWNERS =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private SshKeys() {}

    /**
     * Reads the service's key.
     *
     * @param file null when none is set
     */
    static KeyPair own(Path file) {
        if (file == null) {
            throw Problem.notPossible(
                    "No key is set to log in to hosts by SSH: set PGBOSUN_SSH_KEY_FILE to a private key of"
                            + " the service's own, as ssh-keygen -t ed25519 -N '' makes it, and restart the service.");
        }
        try {
            if (!OWNERS.containsAll(Files.getPosixFilePermissions(file))) {
                throw Problem.notPossible(
                        "The key for SSH in '" + file + "' can be read by others; take that right away (chmod 600).");
            }
            var pairs = SecurityUtils.getKeyPairResourceParser()
                    .loadKeyPairs(null, new PathResource(file), FilePasswordProvider.EMPTY);
            return StreamSupport.stream(pairs.spliterator(), false)
                    .findFirst()
                    .orElseThrow(() -> new IOException("it holds no private key"));
        } catch (IOException | GeneralSecurityException e) {
            throw Problem.of(
                    ProblemType.NOT_POSSIBLE,
                    "The key for SSH in PGBOSUN_SSH_KEY_FILE, '" + file + "', cannot be used: " + reason(e)
                            + "; a private key without a passphrase is wanted, as ssh-keygen makes it.",
                    e);
        }
    }

    private static String reason(Exception e) {
        return e instanceof IOException failure ? IoProblem.reason(failure) : e.getMessage();
    }

    /** The key that a host is expected to show. */
    static PublicKey host(SshLogin login) {
        try {
            return PublicKeyEntry.parsePublicKeyEntry(login.hostKey())
                    .resolvePublicKey(null, null, PublicKeyEntryResolver.FAILING);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw Problem.of(
                    ProblemType.NOT_POSSIBLE,
                    "The host key of " + name(login)
                            + " cannot be read; give it as OpenSSH writes it, such as 'ssh-ed25519"
                            + " AAAA...': ssh-keyscan -p " + login.port() + " " + login.address()
                            + " shows those it has.",
                    e);
        }
    }

    static Problem wrong(SshLogin login, PublicKey expected, PublicKey shown) {
        return Problem.notPossible(name(login) + " shows the host key " + KeyUtils.getFingerPrint(shown) + " ("
                + KeyUtils.getKeyType(shown) + ") where " + KeyUtils.getFingerPrint(expected) + " ("
                + KeyUtils.getKeyType(expected) + ") is expected. Either the host was installed anew, or somebody is in"
                + " between. Nothing was sent there. Compare with what the host itself says (ssh-keygen -lf"
                + " /etc/ssh/ssh_host_ed25519_key.pub); if it is right, set the new key, which ssh-keyscan -p "
                + login.port() + " " + login.address() + " shows.");
    }

    static Problem refused(SshLogin login, KeyPair own, Throwable cause) {
        return Problem.of(
                ProblemType.NOT_POSSIBLE,
                name(login) + " does not let '" + login.user() + "' log in with the service's key "
                        + KeyUtils.getFingerPrint(own.getPublic()) + "; put this into its authorized_keys there: "
                        + PublicKeyEntry.toString(own.getPublic()),
                cause);
    }

    /** The host, for people. */
    static String name(SshLogin login) {
        return "The host " + login.address() + ":" + login.port();
    }
}
