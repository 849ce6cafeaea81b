package io.pgbosun.adapter;

import io.pgbosun.host.ArchiveMethod;
import io.pgbosun.host.Location;
import io.pgbosun.host.PgBackRests;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.WalArchive;
import io.pgbosun.host.WalArchives;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;

/** Archives of WAL in directories of this host. */
@Singleton
public final class LocatedWalArchives implements WalArchives {
    private final PgPrograms programs;
    private final PgBackRests backRests;

    LocatedWalArchives(PgPrograms programs, PgBackRests backRests) {
        this.programs = programs;
        this.backRests = backRests;
    }

    @Override
    public WalArchive at(ArchiveMethod method, String repository, Location location, String cluster) {
        return switch (method) {
            case SCRIPT -> at(location, cluster);
            case PGBACKREST -> backRests.at(repository, location, cluster).archive();
        };
    }

    private WalArchive at(Location repository, String cluster) {
        return switch (repository) {
            case Location.Directory directory -> new FileWalArchive(directory.path(), cluster, programs);
            case Location.S3 bucket -> throw refused(bucket);
            case Location.AzureBlob container -> throw refused(container);
        };
    }

    private static Problem refused(Location repository) {
        return Problem.notPossible("WAL cannot be archived into " + repository.display()
                + " yet; archive into a repository of type FILESYSTEM.");
    }
}
