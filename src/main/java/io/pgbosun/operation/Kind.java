package io.pgbosun.operation;

import java.util.List;

/**
 * A kind as the catalogue knows it: its declaration, its record and its runbook.
 *
 * @param declared the annotation of the spec
 * @param spec the record of its parameters
 * @param holdsSecrets whether its parameters may hold a secret
 * @param result the record of its result
 */
public record Kind(
        OperationKind declared,
        Class<? extends OperationSpec> spec,
        boolean holdsSecrets,
        Class<? extends Record> result,
        OperationHandler<OperationSpec, Record> handler) {

    public String name() {
        return declared.name();
    }

    public Risk risk(OperationSpec parameters) {
        return parameters.risk(declared.risk());
    }

    public List<LockRequest> locks(Target target, OperationSpec parameters) {
        return parameters.locks(target, declared.lock());
    }
}
