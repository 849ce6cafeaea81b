package io.pgbosun.chatops;

import io.pgbosun.secret.Secret;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a kind's record consists of: the one source of what can be typed in chat, and of its help. */
final class SpecShape {
    private SpecShape() {}

    /**
     * A component of a record.
     *
     * @param description as in the OpenAPI document; empty when there is none
     */
    record Component(String name, Type type, String description) {
        /** How it is typed, such as {@code true|false} or {@code a,b}. */
        String example() {
            var raw = raw(type);
            if (raw.isRecord()) {
                return of(raw).stream()
                        .map(part -> name + "." + part.name() + "=" + Values.example(SpecShape.raw(part.type())))
                        .collect(Collectors.joining(" "));
            }
            if (raw == Map.class) {
                return name + ".key=value";
            }
            if (raw == List.class) {
                var element = element(type);
                return element.isRecord()
                        ? name + "[0]." + of(element).getFirst().name() + "=…"
                        : name + "=a,b";
            }
            return name + "=" + Values.example(raw);
        }
    }

    static List<Component> of(Class<?> record) {
        return Arrays.stream(record.getRecordComponents())
                .map(component -> {
                    var schema = component.getAccessor().getAnnotation(Schema.class);
                    return new Component(
                            component.getName(),
                            component.getGenericType(),
                            schema == null ? "" : schema.description());
                })
                .toList();
    }

    static Class<?> raw(Type type) {
        return type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : (Class<?>) type;
    }

    /** Of a list, what it is a list of. */
    static Class<?> element(Type list) {
        return raw(((ParameterizedType) list).getActualTypeArguments()[0]);
    }

    /** Whether a secret is anywhere in it: such things are not to be typed into a chat. */
    static boolean holdsSecret(Type type) {
        if (type == Secret.class) {
            return true;
        }
        var inside = type instanceof ParameterizedType generic
                ? Stream.of(generic.getActualTypeArguments())
                : Stream.<Type>of();
        var parts = raw(type).isRecord() ? of(raw(type)).stream().map(Component::type) : Stream.<Type>of();
        return Stream.concat(inside, parts).anyMatch(SpecShape::holdsSecret);
    }
}
