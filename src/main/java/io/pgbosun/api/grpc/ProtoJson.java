package io.pgbosun.api.grpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Messages as the JSON of the REST surface and back, by their descriptors: the fields have the same names there, enum
 * values have their type's name before them (buf's ENUM_VALUE_PREFIX), timestamps are RFC 3339. So no message needs a
 * line of conversion of its own.
 */
final class ProtoJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Pattern WORD_END = Pattern.compile("([a-z0-9])([A-Z])");
    private static final Map<EnumDescriptor, String> PREFIXES = new ConcurrentHashMap<>();

    private ProtoJson() {}

    /** The fields that are set, as JSON. */
    static ObjectNode toJson(Message message) {
        var json = NODES.objectNode();
        for (var set : message.getAllFields().entrySet()) {
            var node = field(set.getKey(), set.getValue());
            if (node != null) {
                json.set(set.getKey().getJsonName(), node);
            }
        }
        return json;
    }

    private static JsonNode field(FieldDescriptor field, Object value) {
        if (field.isMapField()) {
            var map = NODES.objectNode();
            for (var entry : (Iterable<?>) value) {
                var pair = (Message) entry;
                var key = pair.getField(pair.getDescriptorForType().findFieldByName("key"));
                map.put(
                        String.valueOf(key),
                        String.valueOf(pair.getField(pair.getDescriptorForType().findFieldByName("value"))));
            }
            return map;
        }
        if (field.isRepeated()) {
            var array = NODES.arrayNode();
            ((Iterable<?>) value).forEach(item -> array.add(single(field, item)));
            return array;
        }
        return single(field, value);
    }

    private static JsonNode single(FieldDescriptor field, Object value) {
        return switch (field.getJavaType()) {
            case STRING -> NODES.textNode((String) value);
            case BOOLEAN -> NODES.booleanNode((Boolean) value);
            case INT -> NODES.numberNode((Integer) value);
            case LONG -> NODES.numberNode((Long) value);
            case DOUBLE -> NODES.numberNode((Double) value);
            case FLOAT -> NODES.numberNode((Float) value);
            case ENUM -> {
                var constant = (EnumValueDescriptor) value;
                yield constant.getNumber() == 0
                        ? null
                        : NODES.textNode(constant.getName()
                                .substring(prefix(constant.getType()).length()));
            }
            case MESSAGE ->
                switch (value) {
                    case Timestamp time -> NODES.textNode(Timestamps.toString(time));
                    case Struct struct -> object(struct);
                    default -> toJson((Message) value);
                };
            case BYTE_STRING -> throw new IllegalArgumentException(field + " holds bytes");
        };
    }

    private static ObjectNode object(Struct struct) {
        var object = NODES.objectNode();
        struct.getFieldsMap().forEach((name, value) -> object.set(name, node(value)));
        return object;
    }

    /** Struct knows no whole numbers: what has no fraction is one. */
    private static JsonNode node(Value value) {
        return switch (value.getKindCase()) {
            case STRUCT_VALUE -> object(value.getStructValue());
            case STRING_VALUE -> NODES.textNode(value.getStringValue());
            case BOOL_VALUE -> NODES.booleanNode(value.getBoolValue());
            case NUMBER_VALUE -> {
                var number = value.getNumberValue();
                var whole = (long) number;
                yield whole == number ? NODES.numberNode(whole) : NODES.numberNode(number);
            }
            case LIST_VALUE -> {
                var array = NODES.arrayNode();
                value.getListValue().getValuesList().forEach(item -> array.add(node(item)));
                yield array;
            }
            case NULL_VALUE, KIND_NOT_SET -> NODES.nullNode();
        };
    }

    /** Fills a message from JSON; members without a field are left out. */
    @SuppressWarnings("unchecked")
    static <M extends Message> M fromJson(JsonNode json, M empty) {
        var message = empty.newBuilderForType();
        for (var field : empty.getDescriptorForType().getFields()) {
            var node = json.get(field.getJsonName());
            if (node != null && !node.isNull()) {
                set(message, field, node);
            }
        }
        return (M) message.build();
    }

    static void set(Message.Builder message, FieldDescriptor field, JsonNode node) {
        if (field.isMapField()) {
            node.properties().forEach(member -> {
                var entry = message.newBuilderForField(field);
                entry.setField(entry.getDescriptorForType().findFieldByName("key"), member.getKey());
                entry.setField(
                        entry.getDescriptorForType().findFieldByName("value"),
                        member.getValue().asText());
                message.addRepeatedField(field, entry.build());
            });
        } else if (field.isRepeated()) {
            node.forEach(item -> message.addRepeatedField(field, value(message, field, item)));
        } else {
            message.setField(field, value(message, field, node));
        }
    }

    static Object value(Message.Builder message, FieldDescriptor field, JsonNode node) {
        return switch (field.getJavaType()) {
            case STRING -> node.asText();
            case BOOLEAN -> node.asBoolean();
            case INT -> node.asInt();
            case LONG -> node.asLong();
            case DOUBLE -> node.asDouble();
            case FLOAT -> (float) node.asDouble();
            case ENUM -> constant(field, node.asText());
            case MESSAGE -> message(message, field, node);
            case BYTE_STRING -> throw new IllegalArgumentException(field + " holds bytes");
        };
    }

    private static Message message(Message.Builder message, FieldDescriptor field, JsonNode node) {
        var type = field.getMessageType().getFullName();
        if (type.equals(Timestamp.getDescriptor().getFullName())) {
            return RecordMessages.timestamp(Instant.parse(node.asText()));
        }
        return isStruct(field)
                ? struct(node)
                : fromJson(node, message.newBuilderForField(field).build());
    }

    static boolean isStruct(FieldDescriptor field) {
        return field.getMessageType()
                .getFullName()
                .equals(Struct.getDescriptor().getFullName());
    }

    static EnumValueDescriptor constant(FieldDescriptor field, String name) {
        return field.getEnumType().findValueByName(prefix(field.getEnumType()) + name);
    }

    static Struct struct(JsonNode node) {
        var struct = Struct.newBuilder();
        node.properties().forEach(member -> struct.putFields(member.getKey(), structValue(member.getValue())));
        return struct.build();
    }

    private static Value structValue(JsonNode node) {
        var value = Value.newBuilder();
        return switch (node.getNodeType()) {
            case BOOLEAN -> value.setBoolValue(node.asBoolean()).build();
            case NUMBER -> value.setNumberValue(node.asDouble()).build();
            case STRING -> value.setStringValue(node.asText()).build();
            case OBJECT, POJO -> value.setStructValue(struct(node)).build();
            case ARRAY -> {
                var list = value.getListValueBuilder();
                node.forEach(item -> list.addValues(structValue(item)));
                yield value.build();
            }
            case NULL, MISSING, BINARY -> value.setNullValueValue(0).build();
        };
    }

    /** {@code DumpFormat} has values that begin with {@code DUMP_FORMAT_}. */
    static String prefix(EnumDescriptor type) {
        return PREFIXES.computeIfAbsent(
                type,
                enumeration -> WORD_END.matcher(enumeration.getName())
                                .replaceAll("$1_$2")
                                .toUpperCase(Locale.ROOT)
                        + "_");
    }
}
