package io.pgbosun.cluster;

import io.pgbosun.operation.Checks;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import java.util.UUID;

/** A last backup of a cluster that is about to be deleted; provided by the feature that makes backups. */
public interface FinalBackup {
    /** Looks at whether it can be taken, and at how old the newest backup is when none is wanted (repository null). */
    void check(Target target, String repository, Checks checks);

    /** Takes it as part of a runbook; answers its id. */
    UUID take(Target target, String repository, Steps steps);
}
