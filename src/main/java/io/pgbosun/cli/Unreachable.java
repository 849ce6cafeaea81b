package io.pgbosun.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;

/** The service did not answer: exit code 4. */
final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String url;

    Unreachable(String url, IOException cause) {
        super(said(cause), cause);
        this.url = url;
    }

    private static String said(IOException cause) {
        return switch (cause) {
            case HttpConnectTimeoutException timeout -> "no connection in time";
            case HttpTimeoutException timeout -> "no answer in time";
            case ConnectException refused -> "nothing listens there, or the way is barred";
            default -> {
                var message = cause.getMessage();
                yield message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
            }
        };
    }

    String url() {
        return url;
    }
}
