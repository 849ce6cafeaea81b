package io.pgbosun.chatops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Reads single values, which all come as text, as the JSON that the type wants. */
final class Values {
    private Values() {}

    /** Empty when the text is no value of the type. */
    static Optional<JsonNode> read(Class<?> type, String text) {
        try {
            return type.isEnum() ? constant(type, text) : scalar(type, text);
        } catch (NumberFormatException | DateTimeParseException e) {
            return Optional.empty(); // the caller tells the rule
        }
    }

    private static Optional<JsonNode> scalar(Class<?> type, String text) {
        return Optional.ofNullable(
                switch (type.getSimpleName().toLowerCase(Locale.ROOT)) {
                    case "boolean" -> bool(text);
                    case "integer", "int" -> IntNode.valueOf(Integer.parseInt(text));
                    case "long" -> LongNode.valueOf(Long.parseLong(text));
                    case "double", "bigdecimal" -> DecimalNode.valueOf(new BigDecimal(text));
                    case "uuid" -> uuid(text);
                    case "instant" ->
                        TextNode.valueOf(OffsetDateTime.parse(text).toInstant().toString());
                    default -> TextNode.valueOf(text);
                });
    }

    private static JsonNode bool(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> BooleanNode.TRUE;
            case "false" -> BooleanNode.FALSE;
            default -> null;
        };
    }

    private static JsonNode uuid(String text) {
        return text.matches("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}") ? TextNode.valueOf(text) : null;
    }

    private static Optional<JsonNode> constant(Class<?> type, String text) {
        var name = text.replace('-', '_');
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name())
                .filter(constant -> constant.equalsIgnoreCase(name))
                .findFirst()
                .map(TextNode::valueOf);
    }

    /** What stands behind the {@code =} in help. */
    static String example(Class<?> type) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants()).map(Object::toString).collect(Collectors.joining("|"));
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true|false";
        }
        return Number.class.isAssignableFrom(type) || type.isPrimitive() ? "1" : type == UUID.class ? "uuid" : "…";
    }
}
