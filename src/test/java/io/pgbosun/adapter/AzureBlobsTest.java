package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgbosun.secret.Secret;
import java.util.List;
import org.junit.jupiter.api.Test;

class AzureBlobsTest extends ObjectStoreContract {
    @Override
    ObjectServer start() {
        return AzureServer.start();
    }

    @Override
    Secret wrongSecret() {
        return Secret.of("d3IwbmcgYW5kIHNlY3JldA==");
    }

    @Override
    String refusal() {
        return "AuthorizationFailure";
    }

    @Override
    String absence() {
        return "ContainerNotFound";
    }

    @Override
    String publishing(boolean inParts) {
        return inParts ? "PUT [^ ]*comp=blocklist" : "PUT ";
    }

    @Test
    void an_upload_that_was_half_abandoned_is_abandoned_wholly_and_something_is_stored_in_its_place() {
        try (var server = AzureServer.start()) {
            server.halfDiscarded("ours/half/one");
            server.halfDiscarded("ours/other");
            var store = server.at("ours/");
            assertEquals(List.of(), store.list("half/"));
            assertEquals(1, store.abandon("half/"));
            assertEquals(
                    List.of("ours/other"), server.bucket(ObjectServer.PLACE).keys());
            store.put("half/one", Streams.of(new byte[] {1}));
            assertEquals(0, store.abandon("half/"));
            assertEquals(1, store.list("half/").size());
        }
    }
}
