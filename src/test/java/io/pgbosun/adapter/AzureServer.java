package io.pgbosun.adapter;

import com.azure.core.util.BinaryData;
import io.pgbosun.host.Location;
import io.pgbosun.host.ObjectStore;
import io.pgbosun.secret.Secret;
import java.net.URI;
import java.util.List;

/** A real server of the protocol of Azure Blob Storage, which examines signatures: Azurite. */
final class AzureServer extends ObjectServer {
    private static final String ACCOUNT = "devstoreaccount1";
    /** Azurite's own, which its documents tell everybody. */
    private static final Secret KEY =
            Secret.of("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==");

    static AzureServer start() {
        var server = new AzureServer();
        server.run(List.of(
                installed("src/test/stores/node_modules/.bin/azurite-blob").toString(),
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
                String.valueOf(server.port),
                "--location",
                server.home.resolve("data").toString(),
                "--silent",
                "--skipApiVersionCheck",
                "--disableTelemetry"));
        AzureContainer.at(server.location(PLACE, "", KEY, server.port)).client().create();
        return server;
    }

    @Override
    public Secret secret() {
        return KEY;
    }

    private Location.AzureBlob location(String place, String prefix, Secret secret, int port) {
        var endpoint = URI.create("http://127.0.0.1:" + port + "/" + ACCOUNT);
        return new Location.AzureBlob(place, prefix, endpoint, ACCOUNT, secret);
    }

    @Override
    ObjectStore at(String place, String prefix, Secret secret, int port, PartSpace space) {
        return new AzureBlobs(location(place, prefix, secret, port), space);
    }

    @Override
    public String repository(String name, String place, Secret secret) {
        return """
                {'name':'%s','type':'AZURE_BLOB','azureBlob':{'container':'%s','prefix':'fleet/','endpoint':'http://127.0.0.1:%d/%3$s','accountName':'%3$s','accountKey':'%s'}}
                """.replace("%3$s", ACCOUNT).formatted(name, place, port, secret.reveal());
    }

    @Override
    void begin(String fullKey) {
        var container = AzureContainer.at(location(PLACE, "", KEY, port));
        container.blob(fullKey).stageBlock("YmVndW4=", BinaryData.fromString("begun"));
    }
}
