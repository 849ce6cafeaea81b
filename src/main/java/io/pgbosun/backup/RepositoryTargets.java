package io.pgbosun.backup;

import io.pgbosun.host.PgPrograms;
import io.pgbosun.operation.Target;
import io.pgbosun.operation.Targets;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Repositories as targets of operations; they have no labels, so that only those who may anything may. */
@Singleton
class RepositoryTargets implements Targets {
    private final Repositories repositories;
    private final PgPrograms programs;

    RepositoryTargets(Repositories repositories, PgPrograms programs) {
        this.repositories = repositories;
        this.programs = programs;
    }

    @Override
    public String collection() {
        return "repositories";
    }

    @Override
    public String noun() {
        return "repository";
    }

    @Override
    public Optional<Facts> find(Target target) {
        return repositories.find(target.id()).map(repository -> new Facts(Map.of(), null));
    }

    @Override
    public void endLeftovers(Target target, UUID operation, long epoch) {
        programs.endProcesses(operation, epoch);
    }
}
