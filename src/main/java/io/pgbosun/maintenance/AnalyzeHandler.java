package io.pgbosun.maintenance;

import io.pgbosun.host.MaintenanceCommand;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;

@Singleton
class AnalyzeHandler implements OperationHandler<Analyze, MaintenanceResult> {
    private final MaintenanceRunbook runbook;

    AnalyzeHandler(MaintenanceRunbook runbook) {
        this.runbook = runbook;
    }

    @Override
    public void check(Target target, Analyze spec, Checks checks) {
        runbook.check(target, spec.databases(), spec.tables(), checks);
        checks.takesLock("SHARE UPDATE EXCLUSIVE on each table in turn: reading and writing go on");
    }

    @Override
    public MaintenanceResult run(Target target, Analyze spec, Steps steps) {
        return runbook.run(
                target,
                "analyze",
                spec.databases(),
                spec.tables(),
                spec.guard(),
                MaintenanceCommand.Analyze::new,
                steps);
    }
}
