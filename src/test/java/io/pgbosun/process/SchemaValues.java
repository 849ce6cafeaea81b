package io.pgbosun.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Values of the schemas of an OpenAPI document, as JSON text: valid ones, ones at the edge, and hostile ones. */
final class SchemaValues {
    /** Names of things that are there, so that requests get past the look-up. */
    private static final double USES_KNOWN = 0.7;

    private static final int DEEPEST = 6;

    private final JsonNode document;
    private final Map<String, List<String>> known;
    private final ObjectMapper json = new ObjectMapper();

    /**
     * @param known values that exist, by the name of the field or parameter
     */
    SchemaValues(JsonNode document, Map<String, List<String>> known) {
        this.document = document;
        this.known = known;
    }

    JsonNode resolved(JsonNode schema) {
        return schema.has("$ref")
                ? resolved(document.at(schema.get("$ref").asText().substring(1)))
                : schema;
    }

    /**
     * A value as JSON.
     *
     * @param hostility from 0, valid, to 1, nothing as it should be
     */
    String value(String name, JsonNode schema, Random random, double hostility, int depth) {
        var resolved = resolved(schema);
        var hostile = random.nextDouble() < hostility;
        if (resolved.has("enum")) {
            var values = resolved.get("enum");
            return hostile
                    ? hostile(random)
                    : quoted(values.get(random.nextInt(values.size())).asText());
        }
        return switch (type(resolved)) {
            case "object" -> depth > DEEPEST ? "{}" : object(resolved, random, hostility, depth);
            case "array" -> depth > DEEPEST ? "[]" : array(name, resolved, random, hostility, depth);
            case "boolean" -> hostile ? hostile(random) : String.valueOf(random.nextBoolean());
            case "integer", "number" -> hostile ? Hostile.one(Hostile.NUMBERS, random) : number(resolved, random);
            default -> hostile ? hostile(random) : quoted(text(name, resolved, random));
        };
    }

    static String type(JsonNode schema) {
        var type = schema.path("type");
        if (type.isArray()) {
            return type.get(0).asText();
        }
        return type.isMissingNode() ? (schema.has("properties") ? "object" : "string") : type.asText();
    }

    private String object(JsonNode schema, Random random, double hostility, int depth) {
        var members = new ArrayList<String>();
        var required = new ArrayList<String>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        for (var property : schema.path("properties").properties()) {
            var wanted = required.contains(property.getKey())
                    ? random.nextDouble() >= hostility / 4
                    : random.nextInt(3) == 0;
            if (wanted) {
                members.add(quoted(property.getKey()) + ":"
                        + value(property.getKey(), property.getValue(), random, hostility, depth + 1));
            }
        }
        if (schema.path("additionalProperties").isObject() && random.nextBoolean()) {
            members.add(quoted(Hostile.one(List.of("env", "team", "tier"), random)) + ":"
                    + value("label", schema.get("additionalProperties"), random, hostility, depth + 1));
        }
        return "{" + String.join(",", members) + "}";
    }

    private String array(String name, JsonNode schema, Random random, double hostility, int depth) {
        var items = new ArrayList<String>();
        var count = random.nextDouble() < hostility / 4
                ? 150
                : schema.path("minItems").asInt(0) + random.nextInt(3);
        for (var i = 0; i < count; i++) {
            items.add(value(name, schema.get("items"), random, hostility, depth + 1));
        }
        return "[" + String.join(",", items) + "]";
    }

    private static String number(JsonNode schema, Random random) {
        var least = schema.path("minimum").asLong(0);
        var most = schema.path("maximum").asLong(Math.max(least, 1000));
        return String.valueOf(
                switch (random.nextInt(5)) {
                    case 0 -> least;
                    case 1 -> most;
                    case 2 -> least - 1;
                    case 3 -> most == Long.MAX_VALUE ? most : most + 1;
                    default -> least + random.nextInt(Math.clamp(most - least, 0, 999) + 1);
                });
    }

    /** Any JSON. */
    String hostile(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> "null";
            case 1 -> "{\"a\":[1,{}]}";
            case 2 -> "[null]";
            case 3 -> String.valueOf(random.nextBoolean());
            case 4 -> Hostile.one(Hostile.NUMBERS, random);
            default -> quoted(Hostile.one(Hostile.TEXTS, random));
        };
    }

    /** A text without quotes, as it stands in a path or query too. */
    String text(String name, JsonNode schema, Random random) {
        if (known.containsKey(name) && random.nextDouble() < USES_KNOWN) {
            return Hostile.one(known.get(name), random);
        }
        return switch (schema.path("format").asText("")) {
            case "date-time" -> Hostile.one(Hostile.TIMES, random);
            case "uuid" -> Hostile.one(Hostile.IDS, random);
            default ->
                random.nextInt(4) == 0
                        ? Hostile.one(Hostile.TEXTS, random)
                        : "a" + Integer.toString(random.nextInt(1000), 36);
        };
    }

    String quoted(String text) {
        try {
            return json.writeValueAsString(text);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
