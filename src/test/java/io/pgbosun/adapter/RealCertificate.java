package io.pgbosun.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A certificate for 127.0.0.1 and the authority that has signed it, which nobody else knows: by OpenSSL. */
final class RealCertificate {
    private static final String AUTHORITY = "ca.pem";

    private RealCertificate() {}

    static void sign(Path folder) {
        openssl(folder, List.of("-keyout", "ca.key", "-out", AUTHORITY, "-subj", "/CN=Authority of tests"));
        openssl(
                folder,
                List.of("-CA", AUTHORITY, "-CAkey", "ca.key", "-keyout", "key.pem", "-out", "certificate.pem"),
                List.of("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
                List.of("-addext", "basicConstraints=critical,CA:FALSE"));
    }

    /** What {@link #sign} has written: the certificate of the authority, as PEM. */
    static String authority(Path folder) {
        try {
            return Files.readString(folder.resolve(AUTHORITY));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SafeVarargs
    private static void openssl(Path folder, List<String>... arguments) {
        var request = List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2");
        try {
            var process = new ProcessBuilder(Stream.concat(Stream.of(request), Stream.of(arguments))
                            .flatMap(List::stream)
                            .toList())
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            var said = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new AssertionError(said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
