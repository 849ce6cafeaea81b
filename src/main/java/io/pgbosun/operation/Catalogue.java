package io.pgbosun.operation;

import io.pgbosun.problem.Problem;
import io.quarkus.arc.All;
import io.quarkus.arc.ClientProxy;
import jakarta.inject.Singleton;
import java.lang.reflect.ParameterizedType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All kinds of operations there are, found by their handlers. */
@Singleton
public final class Catalogue {
    private final Map<String, Kind> kinds = new TreeMap<>();

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
        var kind = new Kind(
                declared, spec, (Class<? extends Record>) types[1], (OperationHandler<OperationSpec, Record>) handler);
        if (kinds.put(kind.name(), kind) != null) {
            throw new IllegalStateException("two kinds are called '" + kind.name() + "'");
        }
    }

    /** All kinds, by name. */
    public Collection<Kind> kinds() {
        return kinds.values();
    }

    public Kind of(OperationSpec spec) {
        return kinds.get(spec.getClass().getAnnotation(OperationKind.class).name());
    }

    public Kind named(String name) {
        var kind = kinds.get(name);
        if (kind == null) {
            throw Problem.invalid("kind", "must be one of " + kinds.keySet(), "Choose one of them.");
        }
        return kind;
    }
}
