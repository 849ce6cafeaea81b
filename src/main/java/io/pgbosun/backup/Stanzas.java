package io.pgbosun.backup;

import io.pgbosun.backup.BackupStore.Stored;
import io.pgbosun.cluster.Names;
import io.pgbosun.host.PgBackRest;
import io.pgbosun.host.PgBackRests;
import io.pgbosun.operation.Checks;
import jakarta.inject.Singleton;
import java.util.List;

/** The stanzas of pgBackRest in our repositories; each has the name of its cluster. */
@Singleton
class Stanzas {
    private final Repositories repositories;
    private final PgBackRests backRests;

    Stanzas(Repositories repositories, PgBackRests backRests) {
        this.repositories = repositories;
        this.backRests = backRests;
    }

    /**
     * Whether there is the program.
     *
     * @param instead what else can be done
     */
    void checkInstalled(String instead, Checks checks) {
        var version = backRests.version();
        checks.need(
                "pgbackrest is installed",
                version.isPresent(),
                version.orElse("not installed"),
                "2.45 or newer",
                "Install the package pgbackrest beside the service, or " + instead + ".");
    }

    PgBackRest of(String repository, String cluster) {
        return backRests.at(repository, repositories.location(repository), cluster);
    }

    /** The stanza that a backup is in. */
    PgBackRest of(Stored stored) {
        return of(stored.backup().repository(), stored.manifest().set().stanza());
    }

    /** The names of those that are in a repository; what no cluster can be called is none of ours. */
    List<String> in(String repository) {
        return backRests.stanzas(repositories.location(repository)).stream()
                .filter(name -> name.matches(Names.LABEL))
                .toList();
    }
}
