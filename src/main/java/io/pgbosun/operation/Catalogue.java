package io.pgbosun.operation;

import io.pgbosun.problem.Problem;
import io.pgbosun.secret.Secret;
import io.quarkus.arc.All;
import io.quarkus.arc.ClientProxy;
import jakarta.inject.Singleton;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All kinds of operations there are, found by their handlers. */
@Singleton
public final class Catalogue {
    private final Map<String, Kind> kinds = new TreeMap<>();
    private final Map<Class<?>, Kind> bySpec = new HashMap<>();

    Catalogue(@All List<OperationHandler<?, ?>> handlers) {
        for (var handler : handlers) {
            add(ClientProxy.unwrap(handler));
        }
    }

    @SuppressWarnings("unchecked")
    private void add(OperationHandler<?, ?> handler) {
        var types = Stream.of(handler.getClass().getGenericInterfaces())
                .filter(type -> type instanceof ParameterizedType p && p.getRawType() == OperationHandler.class)
                .map(ParameterizedType.class::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(handler.getClass() + " does not say its spec and result"))
                .getActualTypeArguments();
        var spec = (Class<? extends OperationSpec>) types[0];
        var declared = spec.getAnnotation(OperationKind.class);
        if (declared == null) {
            throw new IllegalStateException(spec + " is not annotated with @OperationKind");
        }
        var kind = new Kind(declared, spec, holdsSecrets(spec), (Class<? extends Record>) types[1], (OperationHandler<
                        OperationSpec, Record>)
                handler);
        if (kinds.put(kind.name(), kind) != null) {
            throw new IllegalStateException("two kinds are called '" + kind.name() + "'");
        }
        bySpec.put(spec, kind);
    }

    private static boolean holdsSecrets(Type type) {
        return switch (type) {
            case ParameterizedType list ->
                Stream.of(list.getActualTypeArguments()).anyMatch(Catalogue::holdsSecrets);
            case Class<?> record
            when record.isRecord() ->
                Stream.of(record.getRecordComponents()).anyMatch(part -> holdsSecrets(part.getGenericType()));
            default -> type == Secret.class;
        };
    }

    /** All kinds, by name. */
    public Collection<Kind> kinds() {
        return kinds.values();
    }

    /** The names of all kinds. */
    String[] names() {
        return kinds.keySet().toArray(String[]::new);
    }

    public Kind of(OperationSpec spec) {
        return bySpec.get(spec.getClass());
    }

    public Kind named(String name) {
        var kind = kinds.get(name);
        if (kind == null) {
            throw Problem.invalid("kind", "must be one of " + kinds.keySet(), "Choose one of them.");
        }
        return kind;
    }
}
