package io.pgbosun.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.pgbosun.secret.SecretModule;
import io.pgbosun.secret.Vault;
import java.lang.reflect.Type;

/** JSON as the control database keeps it (secrets sealed) and as callers see it (secrets never). */
public final class Json {
    private final ObjectMapper stored;
    private final ObjectMapper shown = strict(SecretModule.redacting());
    private final ObjectMapper digested;

    public Json(Vault vault) {
        stored = strict(SecretModule.sealing(vault));
        digested = strict(SecretModule.revealing());
    }

    /** A mapper that refuses unknown fields and does not turn one type into another. */
    public static ObjectMapper strict(SecretModule secrets) {
        return configure(JsonMapper.builder()
                .configure(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, false)
                .configure(MapperFeature.ALLOW_COERCION_OF_SCALARS, false)
                .build()
                .registerModules(new JavaTimeModule(), new Jdk8Module(), secrets));
    }

    /** The same strictness for a mapper that a framework made. */
    public static ObjectMapper configure(ObjectMapper mapper) {
        mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, true)
                .configure(DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES, true)
                .configure(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, true)
                .configure(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY, true)
                .configure(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, true)
                .configure(DeserializationFeature.ACCEPT_FLOAT_AS_INT, false)
                .configure(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS, true)
                .configure(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, false);
        mapper.coercionConfigFor(LogicalType.Textual)
                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
        return mapper;
    }

    /** For the control database. */
    public String store(Object value) {
        return write(stored, value);
    }

    public <T> T load(String json, Class<T> type) {
        return read(stored, json, stored.constructType(type));
    }

    public <T> T load(String json, Type type) {
        return read(stored, json, stored.constructType(type));
    }

    /** What a caller may see. */
    public String show(Object value) {
        return write(shown, value);
    }

    /** A stored value as a tree for an answer: secrets inside are replaced. */
    public JsonNode tree(String json) {
        return json == null ? null : read(shown, json, shown.constructType(JsonNode.class));
    }

    /** A value as a tree for an answer. */
    public JsonNode showTree(Object value) {
        return shown.valueToTree(value);
    }

    /** The text of which a fingerprint is made; to be digested and forgotten, for it holds secrets. */
    public String digestible(Object value) {
        return write(digested, value);
    }

    private static String write(ObjectMapper mapper, Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot be written as JSON: " + value.getClass(), e);
        }
    }

    private static <T> T read(ObjectMapper mapper, String json, JavaType type) {
        try {
            return json == null ? null : mapper.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("stored JSON cannot be read as " + type, e);
        }
    }
}
