package io.pgbosun.backup;

import io.pgbosun.backup.BackupStore.Stored;
import io.pgbosun.host.PgBackRest;
import io.pgbosun.host.PgBackRests;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** The stanzas of pgBackRest in our repositories; each has the name of its cluster. */
@Singleton
class Stanzas {
    private final Repositories repositories;
    private final PgBackRests backRests;

    Stanzas(Repositories repositories, PgBackRests backRests) {
        this.repositories = repositories;
        this.backRests = backRests;
    }

    /** The version of the program; empty when it is not installed. */
    Optional<String> version() {
        return backRests.version();
    }

    PgBackRest of(String repository, String cluster) {
        return backRests.at(repository, repositories.location(repository), cluster);
    }

    /** The stanza that a backup is in. */
    PgBackRest of(Stored stored) {
        return of(stored.backup().repository(), stored.manifest().set().stanza());
    }

    /** The names of those that are in a repository. */
    List<String> in(String repository) {
        return backRests.stanzas(repositories.location(repository));
    }
}
