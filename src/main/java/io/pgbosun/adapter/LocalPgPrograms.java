package io.pgbosun.adapter;

import io.pgbosun.host.DumpRequest;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.RestoreRequest;
import io.pgbosun.host.WalCommit;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The programs of PostgreSQL, run on this host. */
@Singleton
public final class LocalPgPrograms extends ServerPrograms implements PgPrograms {
    private final PostgresBin bin;
    private final DumpPrograms dumps;
    private final BaseBackups baseBackups;

    /** With the programs that this host has. */
    @Inject
    public LocalPgPrograms() {
        this(PostgresBin.find(System.getenv()));
    }

    public LocalPgPrograms(PostgresBin bin) {
        super(new LocalMachine(bin));
        this.bin = bin;
        dumps = new DumpPrograms(bin);
        baseBackups = new BaseBackups(bin);
    }

    @Override
    public BaseBackup streamBaseBackup(Endpoint source, OutputStream to, Runnable look) {
        return baseBackups.stream(source, to, look);
    }

    @Override
    public Optional<WalCommit> lastCommit(Path directory, String firstSegment, String lastSegment) {
        return new WalDump(bin).lastCommit(directory, firstSegment, lastSegment);
    }

    @Override
    public List<String> dump(DumpRequest request, Path target) {
        return dumps.dump(request, target);
    }

    @Override
    public void dumpGlobals(Endpoint source, Path target) {
        dumps.dumpGlobals(source, target);
    }

    @Override
    public List<String> restore(Path dump, RestoreRequest request) {
        return dumps.restore(dump, request);
    }

    @Override
    public void restoreGlobals(Path globals, Endpoint target) {
        dumps.restoreGlobals(globals, target);
    }

    @Override
    public void sampleData(Endpoint target, String database, int scale) {
        dumps.sampleData(target, database, scale);
    }
}
