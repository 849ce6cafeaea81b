package io.pgbosun.adapter;

import io.pgbosun.host.Location;
import io.pgbosun.host.ObjectStore;
import io.pgbosun.secret.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A real server of the protocol of S3, which examines signatures: s3proxy, over a folder. */
public final class S3Server extends ObjectServer {
    private static final String USER = "pgbosun";
    private static final Secret SECRET = Secret.of("s3cret+of/S3==");

    public static S3Server start() {
        var server = new S3Server();
        server.run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m", // it keeps whole parts while it examines them
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=" + installed("src/test/stores/logback.xml"),
                "-cp",
                installed("target/stores/s3proxy") + "/*",
                "org.gaul.s3proxy.Main",
                "--properties",
                server.settings().toString()));
        return server;
    }

    private Path settings() {
        try {
            Files.createDirectories(home.resolve("data").resolve(PLACE));
            return Files.writeString(
                    home.resolve("s3proxy.conf"), """
                    s3proxy.endpoint=http://127.0.0.1:%d
                    s3proxy.authorization=aws-v2-or-v4
                    s3proxy.identity=%s
                    s3proxy.credential=%s
                    jclouds.provider=filesystem-nio2
                    jclouds.filesystem.basedir=%s
                    """.formatted(port, USER, SECRET.reveal(), home.resolve("data")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Secret secret() {
        return SECRET;
    }

    private static Location.S3 location(String place, String prefix, Secret secret, int port) {
        var endpoint = URI.create("http://127.0.0.1:" + port);
        return new Location.S3(place, prefix, "us-east-1", endpoint, true, USER, secret);
    }

    @Override
    ObjectStore at(String place, String prefix, Secret secret, int port, PartSpace space) {
        return new S3Objects(location(place, prefix, secret, port), space);
    }

    @Override
    public String repository(String name, String place, Secret secret) {
        return """
                {'name':'%s','type':'S3','s3':{'bucket':'%s','prefix':'fleet/','endpoint':'http://127.0.0.1:%d','accessKeyId':'%s','secretAccessKey':'%s'}}
                """.formatted(name, place, port, USER, secret.reveal());
    }

    @Override
    void begin(String fullKey) {
        var client = client();
        var upload = client.createMultipartUpload(
                        request -> request.bucket(PLACE).key(fullKey))
                .uploadId();
        client.uploadPart(
                request -> request.bucket(PLACE).key(fullKey).uploadId(upload).partNumber(1),
                RequestBody.fromString("begun"));
    }

    @Override
    public Bucket bucket(String place) {
        try {
            Files.createDirectories(home.resolve("data").resolve(place));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new S3Bucket(this, place);
    }

    private record S3Bucket(S3Server server, String place) implements Bucket {
        @Override
        public String repository(String name) {
            return server.repository(name, place, SECRET).strip();
        }

        @Override
        public List<String> keys() {
            return server.client().listObjectsV2Paginator(request -> request.bucket(place)).contents().stream()
                    .map(S3Object::key)
                    .toList();
        }

        @Override
        public List<String> unfinished() {
            return server.client().listMultipartUploadsPaginator(request -> request.bucket(place)).uploads().stream()
                    .map(MultipartUpload::key)
                    .toList();
        }
    }

    private S3Client client() {
        return S3Clients.at(location(PLACE, "", SECRET, port));
    }
}
