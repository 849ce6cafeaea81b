package io.pgbosun.boot;

import io.pgbosun.store.Store;
import jakarta.inject.Singleton;

/** Makes what a new installation should have: the host {@code local} and the repository {@code default}. */
@Singleton
class Defaults {
    private final Store store;
    private final Home home;

    Defaults(Store store, Home home) {
        this.store = store;
        this.home = home;
    }

    void make() {
        store.update(
                "insert into host (name, driver, data_root) values ('local', 'LOCAL', $1) on conflict do nothing",
                home.clusters().toString());
        store.update(
                "insert into repository (name, type, path) values ('default', 'FILESYSTEM', $1) on conflict do nothing",
                home.backups().toString());
    }
}
