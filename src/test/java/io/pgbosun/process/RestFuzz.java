package io.pgbosun.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Requests of a REST contract: most nearly valid, so that they get far, the others broken in one way or another. */
final class RestFuzz {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete", "head", "options");
    private static final List<String> WRONG_METHODS =
            List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get");
    private static final List<String> MEDIA_TYPES = List.of(
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "",
            "json",
            "application/json; charset=utf-16",
            "*/*");

    private final List<Route> routes = new ArrayList<>();
    private final SchemaValues values;
    private final List<String> tokens;
    private final List<String> etags;
    private final List<String> pageTokens;

    private record Route(String method, String path, JsonNode operation) {}

    /**
     * One request.
     *
     * @param refused whether it is so wrong that it must not be taken
     */
    record Request(byte[] bytes, boolean refused) {
        @Override
        public String toString() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /**
     * @param known values that exist, by the name of their field or parameter; under {@code token!}, {@code etag!} and
     *     {@code pageToken!} bearer tokens, etags and page tokens
     */
    RestFuzz(JsonNode document, Map<String, List<String>> known) {
        values = new SchemaValues(document, known);
        tokens = known.get("token!");
        etags = known.get("etag!");
        pageTokens = known.get("pageToken!");
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    if (METHODS.contains(method.getKey())) {
                        routes.add(
                                new Route(method.getKey().toUpperCase(Locale.ROOT), path.getKey(), method.getValue()));
                    }
                }));
    }

    int routes() {
        return routes.size();
    }

    /** The request of that number; every route comes in turn. */
    Request request(int number, Random random) {
        var route = routes.get(number % routes.size());
        var hostility = List.of(0.0, 0.0, 0.05, 0.3, 1.0).get(random.nextInt(5));
        var method = random.nextInt(20) == 0 ? Hostile.one(WRONG_METHODS, random) : route.method();
        var head =
                new StringBuilder(method + " " + target(route, random, hostility) + " HTTP/1.1\r\nHost: localhost\r\n");
        head.append(authorization(random));
        headers(route, head, random, hostility);
        var schema = route.operation().at("/requestBody/content");
        if (!schema.properties().iterator().hasNext() && random.nextInt(30) != 0) {
            return new Request(bytes(head + "Content-Length: 0\r\n\r\n", ""), false);
        }
        return withBody(head, schema, random, hostility, method.equals(route.method()));
    }

    private String target(Route route, Random random, double hostility) {
        if (random.nextInt(100) == 0) {
            return Hostile.one(
                    List.of(
                            "/",
                            "//v1//clusters",
                            "/v1/../v1/clusters",
                            "/v1/%2e%2e/q/metrics",
                            "/v1/clusters/%00",
                            "/v1/nothing",
                            "/q/nothing",
                            "/v1/clusters;a=b",
                            "/v1/" + "a".repeat(9000),
                            "/v1/%zz",
                            "/v1/clusters/" + "%F0%9F%90%98".repeat(100),
                            "*"),
                    random);
        }
        var path = route.path();
        var query = new ArrayList<String>();
        for (var declared : route.operation().path("parameters")) {
            var parameter = values.resolved(declared);
            var name = parameter.get("name").asText();
            if (parameter.get("in").asText().equals("path")) {
                path = path.replace("{" + name + "}", encoded(parameterValue(parameter, name, random, hostility)));
            } else if (parameter.get("in").asText().equals("query") && random.nextInt(3) == 0) {
                query.add(name + "=" + encoded(queried(parameter, name, random, hostility)));
            }
        }
        if (random.nextDouble() < hostility / 4) {
            query.add(encoded(Hostile.one(Hostile.TEXTS, random)) + "=1");
        }
        return path + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    private String queried(JsonNode parameter, String name, Random random, double hostility) {
        return switch (name) {
            // no longer waits: the time is for requests
            case "wait" -> Hostile.one(List.of("0s", "1s", "-1", "soon", "99999999", "1.5s"), random);
            case "pageToken" -> Hostile.one(pageTokens, random);
            default -> parameterValue(parameter, name, random, hostility);
        };
    }

    private String parameterValue(JsonNode parameter, String name, Random random, double hostility) {
        if (random.nextDouble() < hostility) {
            return Hostile.one(Hostile.TEXTS, random);
        }
        var schema = values.resolved(parameter.path("schema"));
        var type = SchemaValues.type(schema);
        if (schema.has("enum") || !type.equals("string")) {
            var value = values.value(name, schema, random, 0, 0);
            return value.startsWith("\"") ? value.substring(1, value.length() - 1) : value;
        }
        return values.text(name, schema, random);
    }

    private String authorization(Random random) {
        var wrong = List.of(
                "",
                "Bearer ",
                "Basic YTpi",
                "Bearer pgb__",
                "Bearer pgb_" + Hostile.IDS.getFirst() + "_x",
                "Bearer " + "x".repeat(8000),
                "Bearer pgb_\u0001_x",
                "bearer  " + tokens.getFirst() + " x");
        return random.nextInt(12) == 0
                ? "Authorization: " + Hostile.one(wrong, random) + "\r\n"
                : "Authorization: Bearer " + Hostile.one(tokens, random) + "\r\n";
    }

    private void headers(Route route, StringBuilder head, Random random, double hostility) {
        for (var declared : route.operation().path("parameters")) {
            var parameter = values.resolved(declared);
            if (parameter.get("in").asText().equals("header") && random.nextInt(3) == 0) {
                var name = parameter.get("name").asText();
                var value = name.equals("If-Match") && random.nextInt(3) > 0
                        ? Hostile.one(etags, random)
                        : parameterValue(parameter, name, random, hostility);
                head.append(name + ": " + value.replaceAll("[\\p{Cntrl}]", " ") + "\r\n");
            }
        }
        if (random.nextInt(15) == 0) {
            head.append("Accept: ")
                    .append(Hostile.one(List.of("text/html", "application/xml", "a", "*/*;q=2", ""), random))
                    .append("\r\n");
        }
    }

    private Request withBody(StringBuilder head, JsonNode content, Random random, double hostility, boolean read) {
        var declared = content.properties().iterator();
        var entry = declared.hasNext() ? declared.next() : null;
        var mediaType =
                entry == null ? "application/json" : entry.getKey().equals("*/*") ? "application/json" : entry.getKey();
        var body = entry == null
                ? values.hostile(random)
                : values.value("body", entry.getValue().path("schema"), random, hostility, 0);
        var refused = false;
        if (random.nextInt(8) == 0) {
            body = broken(body, random);
            refused = read && entry != null && mediaType.equals("application/json");
        } else if (random.nextInt(20) == 0) {
            mediaType = Hostile.one(MEDIA_TYPES, random);
        }
        var length = body.getBytes(StandardCharsets.UTF_8).length;
        return new Request(
                bytes(head + "Content-Type: " + mediaType + "\r\nContent-Length: " + length + "\r\n\r\n", body),
                refused);
    }

    /** What is no valid body of anything. */
    private static String broken(String body, Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> body.substring(0, body.length() / 2) + "\u0000";
            case 1 -> body + "{}";
            case 2 -> "[".repeat(2_000);
            case 3 -> "{\"a\":".repeat(40) + "1" + "}".repeat(40);
            case 4 -> "{\"nosuchfield\":1," + (body.length() > 2 ? body.substring(1) : "\"x\":1}");
            case 5 -> "\"" + "x".repeat(200_000) + "\"";
            case 6 -> twice(body);
            case 7 -> "";
            default -> "[" + body + "]";
        };
    }

    /** Every field of it two times. */
    private static String twice(String body) {
        var fields = body.length() > 2 && body.startsWith("{") ? body.substring(1, body.length() - 1) : "\"x\":1";
        return "{" + fields + "," + fields + "}";
    }

    private static byte[] bytes(String head, String body) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body.getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
