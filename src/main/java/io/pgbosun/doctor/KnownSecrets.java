package io.pgbosun.doctor;

import io.pgbosun.backup.Repositories;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.host.Location;
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
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The secrets that pgbosun holds, to be looked for where they must not be: the passwords of clusters and of the control
 * database, the keys of repositories. Short ones are left out, because they may be ordinary words.
 */
@Singleton
class KnownSecrets {
    private static final int LEAST_LENGTH = 16;
    private static final int MOST_CLUSTERS = 500;

    private final ClusterStore clusters;
    private final Repositories repositories;
    private final StoreLocation location;

    KnownSecrets(ClusterStore clusters, Repositories repositories, StoreLocation location) {
        this.clusters = clusters;
        this.repositories = repositories;
        this.location = location;
    }

    List<Secret> all() {
        var passwords = clusters.names().stream()
                .limit(MOST_CLUSTERS)
                .flatMap(name -> clusters.find(name).stream())
                .flatMap(cluster -> Stream.ofNullable(cluster.password()));
        var keys = repositories.locations().values().stream().flatMap(KnownSecrets::ofLocation);
        return Stream.of(passwords, keys, ofStore().stream())
                .flatMap(Function.identity())
                .filter(secret -> secret.reveal().length() >= LEAST_LENGTH)
                .distinct()
                .toList();
    }

    private static Stream<Secret> ofLocation(Location location) {
        return switch (location) {
            case Location.Directory directory -> Stream.empty();
            case Location.S3 bucket -> Stream.of(bucket.secretAccessKey());
            case Location.AzureBlob container -> Stream.of(container.accountKey());
        };
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
