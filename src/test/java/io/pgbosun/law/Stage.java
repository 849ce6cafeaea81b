package io.pgbosun.law;

import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.List;

/** What the fakes speak to just now: one world and the faults in it. */
@Alternative
@Singleton
class Stage {
    private volatile World world = new World();
    private volatile Faults faults = new Faults(List.of());

    World world() {
        return world;
    }

    Faults faults() {
        return faults;
    }

    void set(World world, Faults faults) {
        this.world = world;
        this.faults = faults;
    }
}
