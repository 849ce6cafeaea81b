package io.pgbosun.adapter;

import io.pgbosun.host.HostPrograms;
import io.pgbosun.host.SshHosts;
import io.pgbosun.host.SshLogin;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Hosts reached with Apache MINA's client of SSH, by the service's key alone. */
@Singleton
public final class MinaSshHosts implements SshHosts, AutoCloseable {
    private static final Duration HEARTBEAT = Duration.ofSeconds(3);
    private static final int HEARTBEATS_UNANSWERED = 2;
    private static final Duration OPEN = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final Path keyFile;
    private final Map<SshLogin, SshConnection> connections = new ConcurrentHashMap<>();
    private SshClient client;

    @Inject
    MinaSshHosts(@ConfigProperty(name = "pgbosun.ssh.key.file") Optional<String> keyFile) {
        this(keyFile.filter(file -> !file.isBlank()).map(Path::of).orElse(null));
    }

    /**
     * With a key; nothing is read before it is needed, and it is read again for each connection.
     *
     * @param keyFile null when there is none
     */
    public MinaSshHosts(Path keyFile) {
        this.keyFile = keyFile;
    }

    @Override
    public HostPrograms at(SshLogin login) {
        var connection = connections.computeIfAbsent(
                login, wanted -> new SshConnection(wanted, this::client, () -> SshKeys.own(keyFile)));
        return new ServerPrograms(new SshMachine(connection, login.binDirectory()));
    }

    /** Made with the first connection: a service without such hosts has no use for its threads. */
    private synchronized SshClient client() {
        if (client == null) {
            client = SshClient.setUpDefaultClient();
            client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
            client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
            client.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
            client.setServerKeyVerifier(MinaSshHosts::isExpected);
            client.addSessionListener(new FittingSignatures());
            CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, HEARTBEAT);
            CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, HEARTBEATS_UNANSWERED);
            SftpModuleProperties.SFTP_CHANNEL_OPEN_TIMEOUT.set(client, OPEN);
            AbstractSftpClient.SFTP_CLIENT_CMD_TIMEOUT.set(client, ANSWER);
            client.start();
        }
        return client;
    }

    private static boolean isExpected(ClientSession session, SocketAddress address, PublicKey shown) {
        var hostKey = session.getConnectionContext().getAttribute(SshConnection.HOST_KEY);
        if (KeyUtils.compareKeys(hostKey.expected, shown)) {
            return true;
        }
        hostKey.shown = shown;
        return false;
    }

    /** A host may have keys of several kinds: it is to show the one that is expected. */
    private static final class FittingSignatures implements SessionListener {
        @Override
        public void sessionCreated(Session session) {
            var expected =
                    ((ClientSession) session).getConnectionContext().getAttribute(SshConnection.HOST_KEY).expected;
            Predicate<NamedFactory<Signature>> fits = signature ->
                    KeyUtils.getCanonicalKeyType(signature.getName()).equals(KeyUtils.getKeyType(expected));
            session.setSignatureFactories(session.getSignatureFactories().stream()
                    .filter(signature ->
                            !NamedResource.NAME_EXTRACTOR.apply(signature).contains("-cert-"))
                    .sorted(Comparator.comparing(fits::test).reversed())
                    .toList());
        }
    }

    @Override
    @PreDestroy
    public synchronized void close() {
        if (client != null) {
            client.stop();
            client = null;
        }
    }
}
