package io.pgbosun.maintenance;

import io.pgbosun.maintenance.NoOp.NoOpResult;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.time.Duration;

@Singleton
class NoOpHandler implements OperationHandler<NoOp, NoOpResult> {
    @Override
    public NoOpResult run(Target target, NoOp spec, Steps steps) {
        for (int step = 1; step <= spec.steps(); step++) {
            if (spec.stepMillis() > 0) {
                var pause = Duration.ofMillis(spec.stepMillis());
                var begin = System.nanoTime();
                steps.await(
                        "let time pass " + step,
                        pause.plusSeconds(10),
                        () -> System.nanoTime() - begin >= pause.toNanos());
            }
            steps.act("do nothing " + step, () -> {});
        }
        return new NoOpResult(spec.steps());
    }
}
