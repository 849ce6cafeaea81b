package io.pgbosun.chatops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgbosun.problem.FieldError;
import io.pgbosun.problem.Problem;
import io.pgbosun.secret.SecretModule;
import io.pgbosun.store.Json;
import io.pgbosun.store.JsonProblem;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads {@code name=value} arguments onto the record of a kind, whatever kind it is: parts of a nested record and keys of
 * a map by dotted names, elements of a list of records by index, other lists by commas or repetition. All that is wrong
 * is told at once, by name.
 */
final class SpecReader {
    private static final ObjectMapper MAPPER = Json.strict(SecretModule.redacting());
    private static final Pattern INDEX = Pattern.compile("\\[(\\d{1,3})](\\..+)");

    private final List<FieldError> errors = new ArrayList<>();

    private SpecReader() {}

    /** The parameters of a kind; a problem {@code invalid} naming every argument that does not fit. */
    static <S> S read(Class<S> kind, List<Argument> arguments) {
        var reader = new SpecReader();
        var root = MAPPER.createObjectNode();
        arguments.forEach(argument -> reader.put(root, kind, "", argument.name(), argument));
        if (!reader.errors.isEmpty()) {
            throw Problem.invalid(reader.errors);
        }
        return convert(root, kind);
    }

    private static <S> S convert(ObjectNode root, Class<S> kind) {
        try {
            return MAPPER.treeToValue(root, kind);
        } catch (JsonMappingException e) {
            var path = e.getPath().stream()
                    .map(JsonMappingException.Reference::getFieldName)
                    .collect(Collectors.joining("."));
            throw Problem.invalid(path, "cannot be read", "Change the value and send it again.");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that cannot be read as " + kind, e);
        }
    }

    /** Puts an argument where its name says, below the record of the given type. */
    private void put(ObjectNode node, Class<?> record, String before, String name, Argument argument) {
        var end = end(name);
        var component = component(record, name.substring(0, end));
        if (component.isPresent()) {
            var at = new Place(
                    node, component.get().name(), before + component.get().name());
            put(at, component.get().type(), name.substring(end), argument);
        } else {
            error(
                    before + name.substring(0, end),
                    "is not known here",
                    SpecShape.of(record).isEmpty()
                            ? "Leave it out."
                            : "Leave it out; known are " + names(record) + ".");
        }
    }

    private static int end(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == '.' || name.charAt(i) == '[') {
                return i;
            }
        }
        return name.length();
    }

    /** A field of a JSON object, and what it is called from the top. */
    private record Place(ObjectNode node, String field, String path) {}

    private void put(Place at, Type type, String rest, Argument argument) {
        var raw = SpecShape.raw(type);
        if (raw.isRecord()) {
            putPart(at, raw, rest, argument);
        } else if (raw == Map.class) {
            putEntry(at, rest, argument);
        } else if (raw == List.class && SpecShape.element(type).isRecord()) {
            putElement(at, SpecShape.element(type), rest, argument);
        } else if (!rest.isEmpty()) {
            error(at.path(), "has no parts", "Write %s=… for it.".formatted(at.path()));
        } else if (raw == List.class) {
            putItems(at, SpecShape.element(type), argument);
        } else {
            putValue(at, raw, argument);
        }
    }

    private void putPart(Place at, Class<?> record, String rest, Argument argument) {
        if (!rest.startsWith(".") || rest.length() == 1) {
            error(at.path(), "has parts that are set one by one", "Write " + parts(at.path() + ".", record) + ".");
            return;
        }
        put(at.node().withObjectProperty(at.field()), record, at.path() + ".", rest.substring(1), argument);
    }

    private void putEntry(Place at, String rest, Argument argument) {
        if (!rest.startsWith(".") || rest.length() == 1) {
            error(at.path(), "has entries that are set one by one", "Write %s.key=value.".formatted(at.path()));
            return;
        }
        at.node().withObjectProperty(at.field()).put(rest.substring(1), argument.text());
    }

    private void putElement(Place at, Class<?> record, String rest, Argument argument) {
        var match = INDEX.matcher(rest);
        if (!match.matches()) {
            error(at.path(), "has elements with parts", "Write " + parts(at.path() + "[0].", record) + ".");
            return;
        }
        var index = Integer.parseInt(match.group(1));
        ArrayNode elements = at.node().withArrayProperty(at.field());
        if (index > elements.size()) {
            error(
                    at.path(),
                    "must be numbered from 0 without a gap",
                    "Begin with %s[%d].".formatted(at.path(), elements.size()));
            return;
        }
        var element = index == elements.size() ? elements.addObject() : (ObjectNode) elements.get(index);
        put(
                element,
                record,
                "%s[%d].".formatted(at.path(), index),
                match.group(2).substring(1),
                argument);
    }

    private void putItems(Place at, Class<?> item, Argument argument) {
        ArrayNode items = at.node().withArrayProperty(at.field());
        for (var text : argument.items()) {
            var path = "%s[%d]".formatted(at.path(), items.size());
            value(path, item, text).ifPresentOrElse(items::add, items::addNull);
        }
    }

    private void putValue(Place at, Class<?> type, Argument argument) {
        if (at.node().has(at.field())) {
            error(at.path(), "is given twice", "Give it once.");
            return;
        }
        value(at.path(), type, argument.text()).ifPresent(value -> at.node().set(at.field(), value));
    }

    private Optional<JsonNode> value(String path, Class<?> type, String text) {
        var value = Values.read(type, text);
        if (value.isEmpty()) {
            error(path, JsonProblem.rule(type), JsonProblem.remedy(type));
        }
        return value;
    }

    private static Optional<SpecShape.Component> component(Class<?> record, String name) {
        return SpecShape.of(record).stream()
                .filter(component -> component.name().equalsIgnoreCase(name))
                .findFirst();
    }

    private static String names(Class<?> record) {
        return SpecShape.of(record).stream()
                .map(SpecShape.Component::name)
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static String parts(String before, Class<?> record) {
        return SpecShape.of(record).stream()
                .map(component -> before + component.name() + "=…")
                .collect(Collectors.joining(" or "));
    }

    private void error(String field, String rule, String remedy) {
        errors.add(new FieldError(field, rule, remedy));
    }
}
