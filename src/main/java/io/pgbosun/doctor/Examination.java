package io.pgbosun.doctor;

import io.pgbosun.store.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/** Collects what the look at one invariant finds. */
final class Examination {
    private static final int SHOWN = 20;

    private final List<Finding> findings = new ArrayList<>();
    private long examined;

    /** So many more things were looked at. */
    void examined(long count) {
        examined += count;
    }

    void fail(String subject, String seen, String remedy) {
        findings.add(new Finding(InvariantVerdict.FAIL, subject, seen, remedy));
    }

    void warn(String subject, String seen, String remedy) {
        findings.add(new Finding(InvariantVerdict.WARN, subject, seen, remedy));
    }

    /** How findings name an operation. */
    static String operation(UUID id) {
        return "operations/" + id;
    }

    static String operation(Row row) {
        return operation(row.uuid("operation"));
    }

    boolean clean() {
        return findings.isEmpty();
    }

    /** Forgets findings about what another look, a moment later, did not find any more: it was on its way. */
    void keep(Examination later) {
        Predicate<Finding> gone = finding ->
                later.findings.stream().noneMatch(again -> again.subject().equals(finding.subject()));
        findings.removeIf(gone);
    }

    InvariantCheck result(Invariant invariant) {
        var verdict = findings.stream()
                .map(Finding::verdict)
                .max(InvariantVerdict::compareTo)
                .orElse(InvariantVerdict.PASS);
        var shown = findings.stream().limit(SHOWN).toList();
        return new InvariantCheck(
                invariant.id(), invariant.title(), verdict, examined, shown, findings.size() - shown.size());
    }
}
