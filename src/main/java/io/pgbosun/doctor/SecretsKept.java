package io.pgbosun.doctor;

import io.pgbosun.host.Traces;
import io.pgbosun.secret.Secret;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * I7: no secret is written anywhere but sealed. Looked for are the shapes that secrets have, every token by its hash, and
 * the passwords that pgbosun holds; these go to the control database as hashes alone.
 */
@Singleton
class SecretsKept implements Invariant {
    private static final String SHAPES =
            "pgb_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}_[A-Za-z0-9_-]{43}|SCRAM-SHA-256[$][0-9]+:|PGPASSWORD=.|"
                    + "password=[^*\\s]|-----BEGIN [A-Z ]*PRIVATE KEY";
    private static final Pattern SHAPE = Pattern.compile(SHAPES);
    private static final long LAST_BYTES = 16L << 20;

    /** Columns that hold secrets sealed or hashed are left out; a sealed one within a spec has no shape. */
    private static final String WRITTEN = "with " + Scope.OPERATIONS + """
            , written as (
              select 'operations/' || id as subject, 'itself' as place, (to_jsonb(o) - 'fingerprint')::text as text
              from scope join operation o using (id)
              union all select 'operations/' || operation, 'event ' || number, data::text
              from scope join operation_event on operation = scope.id
              union all select 'operations/' || operation, 'step ' || name, answer::text
              from scope join operation_step on operation = scope.id where answer is not null
              union all (select 'audit entry ' || coalesce(number::text, id::text), action, concat_ws(' ', principal, target, details::text)
                from audit_entry where at >= $2 order by at desc limit 100000)
              union all select 'clusters/' || name, 'itself', (to_jsonb(c) - 'password')::text from cluster c
              union all select 'repositories/' || name, 'itself', (to_jsonb(r) - 'location')::text from repository r
              union all select 'tokens/' || id, 'itself', (to_jsonb(t) - 'hash')::text from token t
              union all (select 'backups/' || id, 'itself', to_jsonb(b)::text from backup b order by id desc limit 1000)
              union all (select 'drills/' || id, 'itself', to_jsonb(d)::text from drill d order by id desc limit 1000)
            )
            """;

    private static final String FOUND = WRITTEN + """
            select subject, place from written
            where text ~ $3 or exists (
              select from regexp_matches(text, '[A-Za-z0-9_-]{16,}', 'g') as m(word)
              where encode(sha256(convert_to(word[1], 'UTF8')), 'hex') = any($4)
                or encode(sha256(convert_to(word[1], 'UTF8')), 'hex') in (select hash from token))
            limit 100
            """;
    private static final String REMEDY =
            "Change that password or revoke that token now (./pgbosun tokens revoke), then see how it came there and report it.";

    private final Store store;
    private final Traces traces;
    private final KnownSecrets known;

    SecretsKept(Store store, Traces traces, KnownSecrets known) {
        this.store = store;
        this.traces = traces;
        this.known = known;
    }

    @Override
    public String id() {
        return "I7";
    }

    @Override
    public String title() {
        return "No secret is in the history, the audit trail, the service's log or a command line.";
    }

    @Override
    public void examine(Scope scope, Examination examination) {
        var secrets = known.all();
        examination.examined(store.one(WRITTEN + "select count(*) as count from written", scope.floor(), scope.since())
                .orElseThrow()
                .number("count"));
        store.query(FOUND, scope.floor(), scope.since(), SHAPES, KnownSecrets.hashes(secrets))
                .forEach(row -> examination.fail(
                        row.text("subject"), "A secret is written in it (" + row.text("place") + ").", REMEDY));
        log(secrets, examination);
        processes(secrets, examination);
    }

    private void log(List<Secret> secrets, Examination examination) {
        traces.serviceLog().ifPresent(file -> {
            Map<String, Integer> found = new HashMap<>();
            traces.lines(file, LAST_BYTES, line -> {
                examination.examined(1);
                if (holds(line, secrets)) {
                    found.merge("lines", 1, Integer::sum);
                }
            });
            found.forEach((what, count) -> examination.fail(
                    file.toString(), "A secret is written in %d of its lines.".formatted(count), REMEDY));
        });
    }

    /** The environment of a program is where its password belongs, but a server outlives the run that started it. */
    private void processes(List<Secret> secrets, Examination examination) {
        for (var process : traces.processes()) {
            examination.examined(1);
            var ours = process.work().isPresent();
            if (secrets.stream().anyMatch(secret -> process.command().contains(secret.reveal()))
                    || ours && SHAPE.matcher(process.command()).find()) {
                examination.fail("process " + process.pid(), "A secret is among its arguments.", REMEDY);
            }
            var server = process.command().matches("\\S*/postgres .*");
            if (server && process.environment().stream().anyMatch(variable -> holds(variable, secrets))) {
                examination.fail(
                        "process " + process.pid(),
                        "It is a server that was started with a password in its environment.",
                        "Restart it without: ./pgbosun clusters stop, ./pgbosun clusters start.");
            }
        }
    }

    private static boolean holds(String text, List<Secret> secrets) {
        return SHAPE.matcher(text).find() || secrets.stream().anyMatch(secret -> text.contains(secret.reveal()));
    }
}
