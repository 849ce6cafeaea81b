package io.pgbosun.maintenance;

import io.pgbosun.maintenance.Checkpoint.CheckpointResult;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;

@Singleton
class CheckpointHandler implements OperationHandler<Checkpoint, CheckpointResult> {
    private final MaintenanceRunbook runbook;

    CheckpointHandler(MaintenanceRunbook runbook) {
        this.runbook = runbook;
    }

    @Override
    public CheckpointResult run(Target target, Checkpoint spec, Steps steps) {
        var server = runbook.primary(target);
        var redo = steps.act(
                "checkpoint the primary",
                String.class,
                "",
                () -> server.checkpoint().toString());
        return new CheckpointResult(redo);
    }
}
