package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Connection strings of libpq; they never hold a password. */
final class Conninfo {
    private Conninfo() {}

    /** With a database's name quoted, so that one like {@code a=b} is not read as settings. */
    static String of(Endpoint endpoint, String database) {
        var settings = basic(endpoint);
        settings.put("dbname", database);
        return text(settings);
    }

    static String of(Endpoint endpoint) {
        return text(basic(endpoint));
    }

    static Map<String, String> basic(Endpoint endpoint) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("host", endpoint.address());
        settings.put("port", String.valueOf(endpoint.port()));
        settings.put("user", endpoint.username());
        if (endpoint.sslMode() != null) {
            settings.put("sslmode", endpoint.sslMode());
        }
        return settings;
    }

    static String text(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + "='"
                        + setting.getValue().replace("\\", "\\\\").replace("'", "\\'") + "'")
                .collect(Collectors.joining(" "));
    }
}
