package io.pgbosun.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** A bucket on a server of S3 of our own, s3proxy as in the tests, and what a person would do with it. */
final class Bucket implements AutoCloseable {
    private static final String NAME = "bench";
    private static final String USER = "bench";
    private static final String SECRET = "bench-secret";
    private static final int PART_BYTES = 8 << 20;

    private final int port = Postgres.freePort();
    private final Process process;
    private final S3Client client;

    Bucket(Stage stage) {
        var data = stage.file("bucket");
        try {
            Files.createDirectories(data.resolve(NAME));
            var settings = stage.file("s3proxy.conf", """
                    s3proxy.endpoint=http://127.0.0.1:%d
                    s3proxy.authorization=aws-v2-or-v4
                    s3proxy.identity=%s
                    s3proxy.credential=%s
                    jclouds.provider=filesystem-nio2
                    jclouds.filesystem.basedir=%s
                    """.formatted(port, USER, SECRET, data));
            process = new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/java",
                            "-Xmx512m",
                            "-Dlogback.configurationFile=" + System.getProperty("pgbosun.stores") + "/logback.xml",
                            "-cp",
                            System.getProperty("pgbosun.s3proxy") + "/*",
                            "org.gaul.s3proxy.Main",
                            "--properties",
                            settings.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(stage.file("s3proxy.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        stage.await("the server of S3", this::answers);
        client = S3Client.builder()
                .httpClient(UrlConnectionHttpClient.create())
                .region(Region.US_EAST_1)
                .endpointOverride(URI.create(endpoint()))
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(USER, SECRET)))
                .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .build();
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("s3proxy does not start");
        }
        try (var _ = new Socket("127.0.0.1", port)) {
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private String endpoint() {
        return "http://127.0.0.1:" + port;
    }

    /** What makes a repository of it, as JSON. */
    String repository(String name) {
        return """
                {"name":"%s","type":"S3","s3":{"bucket":"%s","endpoint":"%s","accessKeyId":"%s","secretAccessKey":"%s"}}
                """.formatted(name, NAME, endpoint(), USER, SECRET);
    }

    /** Stores a file, part after part. */
    void put(Path file, String key) {
        var upload = client.createMultipartUpload(
                        request -> request.bucket(NAME).key(key))
                .uploadId();
        var parts = new ArrayList<CompletedPart>();
        try (var content = Files.newInputStream(file)) {
            for (byte[] part; (part = content.readNBytes(PART_BYTES)).length > 0; ) {
                parts.add(send(key, upload, parts.size() + 1, part));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        client.completeMultipartUpload(request ->
                request.bucket(NAME).key(key).uploadId(upload).multipartUpload(all -> all.parts(List.copyOf(parts))));
    }

    private CompletedPart send(String key, String upload, int number, byte[] part) {
        var sent = client.uploadPart(
                request -> request.bucket(NAME).key(key).uploadId(upload).partNumber(number),
                RequestBody.fromBytes(part));
        return CompletedPart.builder().partNumber(number).eTag(sent.eTag()).build();
    }

    /** Reads an object to its end. */
    void read(String key) {
        try (InputStream content =
                client.getObject(request -> request.bucket(NAME).key(key))) {
            content.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String key) {
        client.deleteObject(request -> request.bucket(NAME).key(key));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
