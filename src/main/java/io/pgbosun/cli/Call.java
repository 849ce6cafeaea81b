package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * One call of the API.
 *
 * @param path with its query
 * @param body JSON, or null
 * @param key the idempotency key; with one, the call is repeated when its answer was lost
 * @param etag for If-Match, or null
 */
record Call(String method, String path, JsonNode body, String key, String etag) {

    static Call get(String... segments) {
        return new Call("GET", path(segments), null, null, null);
    }

    static Call delete(String... segments) {
        return new Call("DELETE", path(segments), null, null, null);
    }

    static Call post(Body body, String... segments) {
        return new Call("POST", path(segments), body.json(), null, null);
    }

    static Call put(Body body, String... segments) {
        return new Call("PUT", path(segments), body.json(), null, null);
    }

    static Call patch(Body body, String... segments) {
        return new Call("PATCH", path(segments), body.json(), null, null);
    }

    private static String path(String... segments) {
        var path = new StringBuilder("/v1");
        for (var segment : segments) {
            path.append('/').append(encoded(segment).replace("+", "%20"));
        }
        return path.toString();
    }

    /** Adds a query parameter, unless it is null. */
    Call with(String name, Object value) {
        if (value == null) {
            return this;
        }
        var separator = path.indexOf('?') < 0 ? "?" : "&";
        return new Call(method, path + separator + name + "=" + encoded(value.toString()), body, key, etag);
    }

    Call withAll(String name, List<?> values) {
        var call = this;
        for (var value : values == null ? new ArrayList<>() : values) {
            call = call.with(name, value);
        }
        return call;
    }

    /** A random one when null. */
    Call withKey(String key) {
        if (key != null && key.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new Misused("--key takes printable ASCII characters only");
        }
        return new Call(method, path, body, key == null ? UUID.randomUUID().toString() : key, etag);
    }

    Call ifMatch(String etag) {
        return new Call(method, path, body, key, etag);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
