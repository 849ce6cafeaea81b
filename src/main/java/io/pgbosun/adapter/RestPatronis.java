package io.pgbosun.adapter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pgbosun.host.Patroni;
import io.pgbosun.host.PatroniApi;
import io.pgbosun.host.Patronis;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Patronis, by the JDK's own client of HTTP: one for all that are trusted in the same way, made on first use. */
@Singleton
public final class RestPatronis implements Patronis {
    private static final int CLIENTS = 64;
    private static final String KNOWN_TO_JAVA = "";

    private final Cache<String, HttpClient> clients =
            Caffeine.newBuilder().maximumSize(CLIENTS).build();

    @Override
    public Patroni at(PatroniApi api) {
        var trust = Objects.requireNonNullElse(api.caCertificate(), KNOWN_TO_JAVA);
        return new RestPatroni(new PatroniSession(() -> clients.get(trust, RestPatronis::client), api));
    }

    private static HttpClient client(String trust) {
        var client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // Patroni does not know how to upgrade
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(PatroniSession.CONNECT);
        return trust.equals(KNOWN_TO_JAVA)
                ? client.build()
                : client.sslContext(trusting(trust)).build();
    }

    /** Trusts what one of these certificates has signed, and nothing else. */
    private static SSLContext trusting(String pem) {
        try {
            var anchors = KeyStore.getInstance(KeyStore.getDefaultType());
            anchors.load(null, null);
            var certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
            if (certificates.isEmpty()) {
                throw new CertificateException("it holds none");
            }
            for (var certificate : certificates) {
                anchors.setCertificateEntry("ca" + anchors.size(), certificate);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(anchors);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw Problem.of(
                    ProblemType.NOT_POSSIBLE,
                    "What signs the certificates of Patroni's REST API is no certificate in PEM format;"
                            + " give all of the file, from BEGIN CERTIFICATE to END CERTIFICATE.",
                    e);
        }
    }
}
