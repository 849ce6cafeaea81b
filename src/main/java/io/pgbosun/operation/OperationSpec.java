package io.pgbosun.operation;

import java.util.List;
import java.util.Map;

/** The validated parameters of one kind: an immutable record, annotated with {@link OperationKind}. */
public interface OperationSpec {
    /** The risk with these parameters; the declared one unless a parameter changes it. */
    default Risk risk(Risk declared) {
        return declared;
    }

    /** The resources to lock; by default the target as the kind declares. */
    default List<LockRequest> locks(Target target, OperationKind.Lock declared) {
        return declared == OperationKind.Lock.NONE
                ? List.of()
                : List.of(new LockRequest(target.toString(), declared == OperationKind.Lock.EXCLUSIVE));
    }

    /** The labels of a target that this operation creates, against which grants are held. */
    default Map<String, String> newTargetLabels() {
        return Map.of();
    }
}
