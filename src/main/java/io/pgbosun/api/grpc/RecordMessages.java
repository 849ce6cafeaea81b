package io.pgbosun.api.grpc;

import com.fasterxml.jackson.annotation.JacksonAnnotation;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import jakarta.inject.Singleton;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Messages from records, field by field: the same as the JSON that REST would show says, which is not made for it. What
 * has a rule of its own for its JSON takes the way through it.
 */
@Singleton
class RecordMessages {
    private static final Map<Shape, Optional<List<Part>>> PARTS = new ConcurrentHashMap<>();

    private final ObjectMapper shown;

    RecordMessages(ObjectMapper shown) {
        this.shown = shown;
    }

    private record Shape(Class<?> record, Descriptor message) {}

    private record Part(FieldDescriptor field, Method accessor) {}

    /** Fills a message from a record; null members and those without a field are left out. */
    @SuppressWarnings("unchecked")
    <M extends Message> M message(Object record, M empty) {
        var parts = PARTS.computeIfAbsent(
                new Shape(record.getClass(), empty.getDescriptorForType()), RecordMessages::parts);
        if (parts.isEmpty()) {
            return ProtoJson.fromJson(shown.valueToTree(record), empty);
        }
        var message = empty.newBuilderForType();
        for (var part : parts.get()) {
            set(message, part.field(), read(record, part.accessor()));
        }
        return (M) message.build();
    }

    /** Empty when the record's JSON is more, or something else, than its components. */
    private static Optional<List<Part>> parts(Shape shape) {
        if (!shape.record().isRecord() || saysMore(shape.record())) {
            return Optional.empty();
        }
        var components = Arrays.stream(shape.record().getRecordComponents())
                .collect(Collectors.toMap(RecordComponent::getName, Function.identity()));
        return Optional.of(shape.message().getFields().stream()
                .filter(field -> components.containsKey(field.getJsonName()))
                .map(field -> {
                    var accessor = components.get(field.getJsonName()).getAccessor();
                    accessor.setAccessible(true);
                    return new Part(field, accessor);
                })
                .toList());
    }

    private static boolean saysMore(Class<?> record) {
        var members =
                Stream.concat(Arrays.stream(record.getDeclaredMethods()), Arrays.stream(record.getDeclaredFields()));
        return annotated(record)
                || members.anyMatch(RecordMessages::annotated)
                || Arrays.stream(record.getMethods()).anyMatch(RecordMessages::isGetter);
    }

    private static boolean annotated(AnnotatedElement element) {
        return Arrays.stream(element.getAnnotations())
                .anyMatch(annotation -> annotation.annotationType().isAnnotationPresent(JacksonAnnotation.class));
    }

    private static boolean isGetter(Method method) {
        return method.getDeclaringClass() != Object.class
                && method.getParameterCount() == 0
                && method.getName().matches("(get|is)[A-Z].*");
    }

    private static Object read(Object record, Method accessor) {
        try {
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(accessor + " cannot be read", e);
        }
    }

    private void set(Message.Builder message, FieldDescriptor field, Object value) {
        if (value == null) {
            return;
        }
        if (field.isRepeated() && !field.isMapField() && value instanceof Collection<?> items) {
            items.forEach(item -> message.addRepeatedField(field, single(message, field, item)));
        } else if (field.isRepeated()) {
            ProtoJson.set(message, field, json(value));
        } else {
            var single = single(message, field, value);
            if (single != null) {
                message.setField(field, single);
            }
        }
    }

    /** Null for what is null in JSON too. */
    private Object single(Message.Builder message, FieldDescriptor field, Object value) {
        var type = field.getJavaType();
        return switch (value) {
            case String text when type == JavaType.STRING -> text;
            case UUID id when type == JavaType.STRING -> id.toString();
            case Boolean truth when type == JavaType.BOOLEAN -> truth;
            case Integer number when type == JavaType.INT -> number;
            case Integer number when type == JavaType.LONG -> number.longValue();
            case Long number when type == JavaType.LONG -> number;
            case Double number when type == JavaType.DOUBLE -> number;
            case Enum<?> constant when type == JavaType.ENUM -> ProtoJson.constant(field, constant.name());
            case Instant time when type == JavaType.MESSAGE -> timestamp(time);
            case Record record
            when type == JavaType.MESSAGE && !ProtoJson.isStruct(field) ->
                message(record, message.newBuilderForField(field).getDefaultInstanceForType());
            default -> {
                var node = json(value);
                yield node.isNull() ? null : ProtoJson.value(message, field, node);
            }
        };
    }

    private JsonNode json(Object value) {
        return value instanceof JsonNode node ? node : shown.valueToTree(value);
    }

    static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
