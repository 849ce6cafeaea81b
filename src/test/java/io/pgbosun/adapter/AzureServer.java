package io.pgbosun.adapter;

import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import io.pgbosun.host.Location;
import io.pgbosun.host.ObjectStore;
import io.pgbosun.secret.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** A real server of the protocol of Azure Blob Storage, which examines signatures: Azurite. */
public final class AzureServer extends ObjectServer {
    private static final String ACCOUNT = "devstoreaccount1";
    /** Azurite's own, which its documents tell everybody. */
    private static final Secret KEY =
            Secret.of("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==");

    public static AzureServer start() {
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
        server.container(PLACE).client().create();
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
        container(PLACE).blob(fullKey).stageBlock("YmVndW4=", BinaryData.fromString("begun"));
    }

    /** What a run leaves that dies while it frees the blocks of a blob that was begun. */
    void halfDiscarded(String fullKey) {
        var empty = new BlockBlobCommitBlockListOptions(List.of()).setMetadata(Map.of("pgbosun_put", "discarded"));
        container(PLACE).blob(fullKey).commitBlockListWithResponse(empty, AzureContainer.QUICK, Context.NONE);
    }

    @Override
    public Bucket bucket(String place) {
        container(place).client().createIfNotExists();
        return new BlobContainer(this, place);
    }

    private AzureContainer container(String place) {
        return AzureContainer.at(location(place, "", KEY, port));
    }

    private record BlobContainer(AzureServer server, String place) implements Bucket {
        @Override
        public String repository(String name) {
            return server.repository(name, place, KEY).strip();
        }

        @Override
        public List<String> keys() {
            return names(new BlobListDetails());
        }

        /** What has uncommitted blocks is listed like a blob, when it is asked for. */
        @Override
        public List<String> unfinished() {
            var begun = names(new BlobListDetails().setRetrieveUncommittedBlobs(true));
            var there = keys();
            return begun.stream().filter(name -> !there.contains(name)).toList();
        }

        private List<String> names(BlobListDetails details) {
            var options = new ListBlobsOptions().setDetails(details);
            return server.container(place).client().listBlobs(options, null).stream()
                    .map(BlobItem::getName)
                    .toList();
        }
    }
}
