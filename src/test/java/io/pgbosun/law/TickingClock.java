package io.pgbosun.law;

import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Stands still during a life, and is a minute later in the next one. */
@Alternative
@Singleton
class TickingClock {
    private static final Instant START = Instant.parse("2026-01-01T00:10:00Z");

    @Produces
    @Singleton
    @Alternative
    Clock clock(Stage stage) {
        return new Clock() {
            @Override
            public Instant instant() {
                return START.plusSeconds(60L * stage.faults().life());
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }
}
