package io.pgbosun.api.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.DynamicMessage;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.pgbosun.contract.Services;
import io.pgbosun.fire.Seed;
import io.pgbosun.host.Lsn;
import io.pgbosun.secret.Secret;
import io.pgbosun.secret.SecretModule;
import io.pgbosun.store.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RecordMessagesTest {
    private final Seed seed = Seed.of(RecordMessagesTest.class);
    private final Random random = seed.random("records");
    private final ObjectMapper shown =
            Json.strict(SecretModule.redacting()).setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

    @Test
    void every_record_makes_the_message_that_its_json_makes() {
        var records = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.pgbosun").stream()
                        .filter(JavaClass::isRecord)
                        .filter(type -> Services.message(type.getSimpleName()) != null)
                        .map(JavaClass::reflect)
                        .toList();
        assertTrue(records.size() > 50, () -> records.size() + " records");
        for (var type : records) {
            var empty = DynamicMessage.getDefaultInstance(Services.message(type.getSimpleName()));
            for (var again = 0; again < 50; again++) {
                var record = any(type);
                if (record != null) {
                    assertEquals(
                            ProtoJson.fromJson(shown.valueToTree(record), empty),
                            new RecordMessages(shown).message(record, empty),
                            record::toString);
                }
            }
        }
    }

    private Object any(Type type) {
        if (random.nextInt(5) == 0 && !(type instanceof Class<?> known && known.isPrimitive())) {
            return null;
        }
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == Map.class ? map(generic.getActualTypeArguments()[1]) : list(generic);
        }
        var plain = (Class<?>) type;
        if (plain.isEnum()) {
            return plain.getEnumConstants()[random.nextInt(plain.getEnumConstants().length)];
        }
        return plain.isRecord() && plain != Lsn.class ? record(plain) : value(plain);
    }

    private Object value(Class<?> type) {
        return switch (type.getSimpleName()) {
            case "String", "Object" -> "text" + random.nextInt();
            case "boolean", "Boolean" -> random.nextBoolean();
            case "int", "Integer" -> random.nextInt();
            case "long", "Long" -> random.nextLong(1L << 53);
            case "double", "Double" -> random.nextDouble();
            case "Instant" -> Instant.ofEpochMilli(random.nextLong(1L << 41)).plusNanos(random.nextInt(1_000_000));
            case "UUID" -> new UUID(random.nextLong(), random.nextLong());
            case "Lsn" -> new Lsn(random.nextLong(1L << 40));
            case "Secret" -> Secret.of("hidden");
            case "JsonNode" -> shown.valueToTree(Map.of("number", random.nextInt(9), "list", List.of(true, "a")));
            default -> null;
        };
    }

    private List<Object> list(ParameterizedType type) {
        var items = new ArrayList<>();
        for (var item = random.nextInt(3); item > 0; item--) {
            var made = any(type.getActualTypeArguments()[0]);
            if (made != null) {
                items.add(made);
            }
        }
        return items;
    }

    private Map<String, Object> map(Type value) {
        var made = any(value);
        return made == null ? Map.of() : Map.of("name", made);
    }

    /** Null when its own rules refuse what chance has made. */
    private Object record(Class<?> type) {
        var components = type.getRecordComponents();
        try {
            var constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(Arrays.stream(components)
                    .map(component -> any(component.getGenericType()))
                    .toArray());
        } catch (InvocationTargetException refused) {
            return null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
