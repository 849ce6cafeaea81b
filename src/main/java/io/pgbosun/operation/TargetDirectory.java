package io.pgbosun.operation;

import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.quarkus.arc.All;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds targets, whichever feature owns them. */
@Singleton
class TargetDirectory {
    private final Map<String, Targets> collections;

    TargetDirectory(@All List<Targets> collections) {
        this.collections = collections.stream().collect(Collectors.toMap(Targets::collection, Function.identity()));
    }

    Optional<Targets.Facts> find(Target target) {
        return owner(target).find(target);
    }

    Problem notFound(Target target) {
        return Problem.notFound(owner(target).noun(), target.id());
    }

    Problem alreadyExists(Target target) {
        return Problem.alreadyExists(owner(target).noun(), target.id());
    }

    /** Also when the run is cancelled meanwhile: what would be left goes on working beside whoever comes next. */
    void endLeftovers(Target target, UUID operation, long epoch) {
        Work.current().orElseThrow().undisturbed(() -> owner(target).endLeftovers(target, operation, epoch));
    }

    private Targets owner(Target target) {
        return collections.get(target.collection());
    }
}
