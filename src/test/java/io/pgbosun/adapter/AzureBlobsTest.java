package io.pgbosun.adapter;

import io.pgbosun.secret.Secret;

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
}
