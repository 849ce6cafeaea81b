package io.pgbosun.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A JSON object to be sent, in which what was not given is left out, so that the service's defaults hold. */
final class Body {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final ObjectNode json = JsonNodeFactory.instance.objectNode();

    static Body of() {
        return new Body();
    }

    Body text(String name, String value) {
        return value == null ? this : set(name, json.textNode(value));
    }

    /** One of a closed set of words; any case and hyphens will do. */
    Body constant(String name, String value) {
        return text(name, constant(value));
    }

    static String constant(String value) {
        return value == null ? null : value.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    Body number(String name, Number value) {
        return value == null ? this : set(name, json.numberNode(value.longValue()));
    }

    Body decimal(String name, Double value) {
        return value == null ? this : set(name, json.numberNode(value));
    }

    /** Left out when it was not set. */
    Body flag(String name, boolean set) {
        return set ? set(name, json.booleanNode(true)) : this;
    }

    /** {@code false} when it was switched off, else left out. */
    Body unless(String name, boolean switchedOff) {
        return switchedOff ? set(name, json.booleanNode(false)) : this;
    }

    Body texts(String name, List<String> values) {
        if (values == null || values.isEmpty()) {
            return this;
        }
        var array = json.arrayNode();
        values.forEach(array::add);
        return set(name, array);
    }

    /** What is in files. */
    Body contents(String name, List<Path> files) {
        return texts(
                name, files == null ? null : files.stream().map(Body::content).toList());
    }

    /** By the database that each is for. */
    Body scripts(Map<String, Path> files) {
        return files == null
                ? this
                : bodies(
                        "scripts",
                        files.entrySet().stream()
                                .map(script -> Body.of()
                                        .text("database", script.getKey())
                                        .text("sql", content(script.getValue())))
                                .toList());
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new Misused("cannot read " + file);
        }
    }

    Body map(String name, Map<String, String> values) {
        return values == null ? this : allOf(name, values);
    }

    /** Also when there are none. */
    Body allOf(String name, Map<String, String> values) {
        var object = json.objectNode();
        values.forEach(object::put);
        return set(name, object);
    }

    /** Left out when it is null. */
    Body json(String name, String value) {
        try {
            return value == null ? this : set(name, MAPPER.readTree(value));
        } catch (JsonProcessingException e) {
            throw new Misused("--" + name + " must be JSON, such as '{\"schemaOnly\":true}'");
        }
    }

    Body bodies(String name, List<Body> bodies) {
        var array = json.arrayNode();
        bodies.forEach(body -> array.add(body.json));
        return array.isEmpty() ? this : set(name, array);
    }

    /** Left out when nothing is in it. */
    Body body(String name, Body inner) {
        return inner.json.isEmpty() ? this : set(name, inner.json);
    }

    private Body set(String name, JsonNode value) {
        json.set(name, value);
        return this;
    }

    JsonNode json() {
        return json;
    }
}
