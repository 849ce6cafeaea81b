package io.pgbosun.law;

import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Target;

/**
 * A case in which a runbook must keep the laws.
 *
 * @param name says what is special
 * @param base the world it begins in
 */
record Scenario(String name, Base base, Target target, OperationSpec spec) {
    /** Whether it must come to nothing. */
    boolean isRefused() {
        return name.startsWith("refused");
    }
}
