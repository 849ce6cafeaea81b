package io.pgbosun.maintenance;

import io.pgbosun.host.MaintenanceCommand;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;

@Singleton
class VacuumHandler implements OperationHandler<Vacuum, MaintenanceResult> {
    private final MaintenanceRunbook runbook;

    VacuumHandler(MaintenanceRunbook runbook) {
        this.runbook = runbook;
    }

    @Override
    public void check(Target target, Vacuum spec, Checks checks) {
        runbook.check(target, spec.databases(), spec.tables(), checks);
        checks.takesLock(
                spec.full()
                        ? "ACCESS EXCLUSIVE on each table in turn: nobody can read or write it while it is rewritten"
                        : "SHARE UPDATE EXCLUSIVE on each table in turn: reading and writing go on");
    }

    @Override
    public MaintenanceResult run(Target target, Vacuum spec, Steps steps) {
        return runbook.run(
                target,
                "vacuum",
                spec.databases(),
                spec.tables(),
                spec.guard(),
                table -> new MaintenanceCommand.Vacuum(table, spec.full(), spec.freeze(), spec.analyze()),
                steps);
    }
}
