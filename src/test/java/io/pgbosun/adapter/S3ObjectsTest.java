package io.pgbosun.adapter;

import io.pgbosun.secret.Secret;

class S3ObjectsTest extends ObjectStoreContract {
    @Override
    ObjectServer start() {
        return S3Server.start();
    }

    @Override
    Secret wrongSecret() {
        return Secret.of("wr0ng+of/S3==");
    }

    @Override
    String refusal() {
        return "SignatureDoesNotMatch";
    }

    @Override
    String absence() {
        return "NoSuchBucket";
    }

    @Override
    String publishing(boolean inParts) {
        return inParts ? "POST [^ ]*uploadId=" : "PUT ";
    }
}
