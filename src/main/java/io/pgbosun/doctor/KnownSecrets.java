package io.pgbosun.doctor;

import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.secret.Secret;
import io.pgbosun.store.StoreLocation;
import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The secrets that pgbosun holds, to be looked for where they must not be: the passwords of clusters and of the control
 * database. Short ones are left out, because they may be ordinary words.
 */
@Singleton
class KnownSecrets {
    private static final int LEAST_LENGTH = 16;
    private static final int MOST_CLUSTERS = 500;

    private final ClusterStore clusters;
    private final StoreLocation location;

    KnownSecrets(ClusterStore clusters, StoreLocation location) {
        this.clusters = clusters;
        this.location = location;
    }

    List<Secret> all() {
        var passwords = clusters.names().stream()
                .limit(MOST_CLUSTERS)
                .flatMap(name -> clusters.find(name).stream())
                .flatMap(cluster -> Stream.ofNullable(cluster.password()));
        return Stream.concat(passwords, ofStore().stream())
                .filter(secret -> secret.reveal().length() >= LEAST_LENGTH)
                .distinct()
                .toList();
    }

    private Optional<Secret> ofStore() {
        return Optional.ofNullable(URI.create(location.uri()).getUserInfo())
                .filter(user -> user.indexOf(':') >= 0)
                .map(user -> Secret.of(user.substring(user.indexOf(':') + 1)));
    }

    /** What is compared in the control database, so that no statement holds a secret. */
    static String[] hashes(List<Secret> secrets) {
        return secrets.stream().map(secret -> hash(secret.reveal())).toArray(String[]::new);
    }

    private static String hash(String text) {
        try {
            var sha = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
