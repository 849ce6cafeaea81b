package io.pgbosun.law;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;
import java.util.Set;

/** The service with fakes for all that is outside of it, and no worker. */
public class LawProfile implements QuarkusTestProfile {
    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Set.of(
                Stage.class,
                WorldServers.class,
                WorldPrograms.class,
                WorldProbe.class,
                WorldBackupFiles.Places.class,
                WorldWalArchive.Places.class,
                WorldBackRests.class,
                WorldPoolers.class,
                WorldPatroni.class,
                CountedStore.class,
                TickingClock.class);
    }

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("pgbosun.roles", "api", "quarkus.log.category.\"io.pgbosun\".level", "FATAL");
    }
}
