package io.pgbosun.api.rest;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/**
 * The limits of numbers, texts and rates in the OpenAPI document. Nothing is declared here that the service does not
 * hold to: the limits of texts follow from the patterns that are checked, those of numbers from their types.
 */
final class ContractLimits {
    /** How long parameters can be that are found or read; longer ones are refused. */
    private static final Map<String, Integer> LENGTHS = Map.ofEntries(
            Map.entry("cluster", 63),
            Map.entry("host", 63),
            Map.entry("repository", 63),
            Map.entry("database", 63),
            Map.entry("user", 32),
            Map.entry("operation", 36),
            Map.entry("backup", 36),
            Map.entry("token", 36),
            Map.entry("schedule", 63),
            Map.entry("policy", 63),
            Map.entry("instance", 63),
            Map.entry("pooler", 63),
            Map.entry("since", StartParams.LONGEST_TIME),
            Map.entry("at", StartParams.LONGEST_TIME),
            Map.entry("until", StartParams.LONGEST_TIME),
            Map.entry("pageSize", 10),
            Map.entry("wait", 7),
            Map.entry("after", 18),
            Map.entry("Last-Event-ID", 18));

    private static final Pattern PIECE =
            Pattern.compile("(?:\\[(?:\\\\.|[^\\]])*\\]|[A-Za-z/])(?:\\{\\d+,(\\d+)\\}|(\\?))?");

    private ContractLimits() {}

    /** The headers that many answers have, by name. */
    static Map<String, Header> headers() {
        return new TreeMap<>(Map.of(
                "Location", described("Where to watch it.", Schema.SchemaType.STRING),
                "Retry-After", described("Seconds after which a try is worthwhile.", Schema.SchemaType.INTEGER),
                "RateLimit-Limit", described("Requests in the window.", Schema.SchemaType.INTEGER),
                "RateLimit-Remaining", described("Requests left in the window.", Schema.SchemaType.INTEGER),
                "RateLimit-Reset", described("Seconds until the window begins anew.", Schema.SchemaType.INTEGER)));
    }

    private static Header described(String text, Schema.SchemaType type) {
        var schema = OASFactory.createSchema().addType(type);
        if (type == Schema.SchemaType.INTEGER) {
            schema.format("int32").minimum(BigDecimal.ZERO);
        }
        return OASFactory.createHeader().description(text).schema(limited(schema));
    }

    static Header header(String name) {
        return OASFactory.createHeader().ref("#/components/headers/" + name);
    }

    /** With the headers that tell how many more requests are taken. */
    static APIResponse rated(APIResponse response) {
        return response.addHeader("RateLimit-Limit", header("RateLimit-Limit"))
                .addHeader("RateLimit-Remaining", header("RateLimit-Remaining"))
                .addHeader("RateLimit-Reset", header("RateLimit-Reset"));
    }

    static Parameter limited(Parameter parameter) {
        var length = LENGTHS.get(parameter.getName());
        if (length != null && parameter.getSchema() != null) {
            parameter.getSchema().maxLength(length);
        }
        return parameter;
    }

    static Schema limited(Schema schema) {
        var types = schema.getType();
        if (types != null && types.contains(Schema.SchemaType.INTEGER)) {
            number(schema);
        } else if (types != null && types.contains(Schema.SchemaType.STRING) && schema.getEnumeration() == null) {
            text(schema);
        }
        return schema;
    }

    private static void number(Schema schema) {
        var wide = "int64".equals(schema.getFormat());
        if (schema.getMinimum() == null && schema.getExclusiveMinimum() == null) {
            schema.minimum(BigDecimal.valueOf(wide ? Long.MIN_VALUE : Integer.MIN_VALUE));
        }
        if (schema.getMaximum() == null && schema.getExclusiveMaximum() == null) {
            schema.maximum(BigDecimal.valueOf(wide ? Long.MAX_VALUE : Integer.MAX_VALUE));
        }
    }

    private static void text(Schema schema) {
        if ("uuid".equals(schema.getFormat())) {
            schema.minLength(36).maxLength(36);
        } else if ("date-time".equals(schema.getFormat())) {
            schema.maxLength(StartParams.LONGEST_TIME);
        }
        var pattern = schema.getPattern();
        if (pattern != null && !pattern.startsWith("^")) {
            // Java matches the whole text, JSON Schema any part of it
            schema.pattern("^" + pattern + "$");
            if (schema.getMaxLength() == null) {
                schema.maxLength(longest(pattern));
            }
        }
    }

    /** How long a text can be that matches: the pattern is a row of classes and letters, counted or not. */
    private static int longest(String pattern) {
        var length = 0;
        var pieces = PIECE.matcher(pattern);
        while (pieces.find()) {
            length += pieces.group(1) == null ? 1 : Integer.parseInt(pieces.group(1));
        }
        if (!PIECE.matcher(pattern).replaceAll("").matches("[()?]*")) {
            throw new IllegalStateException("how long can it be? " + pattern);
        }
        return length;
    }

    /** Labels are checked by a rule of their own, which the document's generator does not know. */
    static void labels(Components components) {
        components.getSchemas().values().stream()
                .filter(schema -> schema.getProperties() != null)
                .flatMap(schema -> Stream.of("labels", "selector").map(schema.getProperties()::get))
                .filter(labels -> labels != null && labels.getAdditionalPropertiesSchema() != null)
                .forEach(labels ->
                        labels.maxProperties(32).getAdditionalPropertiesSchema().maxLength(63));
    }
}
