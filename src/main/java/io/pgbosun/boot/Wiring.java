package io.pgbosun.boot;

import io.pgbosun.cluster.Scratch;
import io.pgbosun.host.PgBackRestFolder;
import io.pgbosun.host.Spool;
import io.pgbosun.secret.BackupKeys;
import io.pgbosun.secret.Vault;
import io.pgbosun.store.Json;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes what has no home of its own among the beans. */
@Singleton
class Wiring {
    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Vault vault(@ConfigProperty(name = "pgbosun.key.file") Optional<String> keyFile, Home home) {
        return Vault.open(keyFile.filter(file -> !file.isBlank()).map(Path::of).orElse(home.keys()));
    }

    @Produces
    @Singleton
    BackupKeys backupKeys(@ConfigProperty(name = "pgbosun.backup.key.file") Optional<String> keyFile, Home home) {
        return new BackupKeys(
                keyFile.filter(file -> !file.isBlank()).map(Path::of).orElse(home.backupKeys()));
    }

    @Produces
    @Singleton
    Scratch scratch(Home home) {
        return new Scratch(home.scratch());
    }

    @Produces
    @Singleton
    Spool spool(Home home) {
        return new Spool(home.spool());
    }

    @Produces
    @Singleton
    PgBackRestFolder pgBackRestFolder(Home home) {
        return new PgBackRestFolder(home.pgBackRest());
    }

    @Produces
    @Singleton
    Json json(Vault vault) {
        return new Json(vault);
    }
}
