package io.pgbosun.operation;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.operation.OperationStore.Accept;
import io.pgbosun.operation.OperationStore.Accepted;
import io.pgbosun.operation.OperationStore.Move;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Vault;
import io.pgbosun.store.Hints;
import io.pgbosun.store.Json;
import io.pgbosun.store.Queries;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import jakarta.validation.Validator;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The one way to start, preview and steer operations, whatever door the request came through. */
@Singleton
public final class Operations {
    private final Store store;
    private final OperationStore operations;
    private final OperationReader reader;
    private final Backlog backlog;
    private final Catalogue catalogue;
    private final TargetDirectory targets;
    private final Planner planner;
    private final Validator validator;
    private final AuditTrail audit;
    private final Hints hints;
    private final Json json;
    private final Vault vault;
    private final Clock clock;

    Operations(
            Store store,
            OperationStore operations,
            OperationReader reader,
            Backlog backlog,
            Catalogue catalogue,
            TargetDirectory targets,
            Planner planner,
            Validator validator,
            AuditTrail audit,
            Hints hints,
            Json json,
            Vault vault,
            Clock clock) {
        this.store = store;
        this.operations = operations;
        this.reader = reader;
        this.backlog = backlog;
        this.catalogue = catalogue;
        this.targets = targets;
        this.planner = planner;
        this.validator = validator;
        this.audit = audit;
        this.hints = hints;
        this.json = json;
        this.vault = vault;
        this.clock = clock;
    }

    /** Accepts an operation, or answers the one that was accepted for the same key and request. */
    public Operation start(Caller caller, Target target, OperationSpec spec, StartOptions options) {
        var kind = catalogue.of(spec);
        options.validate();
        var facts = startable(caller, kind, target, spec);
        options.requireReason(kind);
        var fingerprint = fingerprint(kind, target, spec, options);
        var approval = needsApproval(kind, spec, facts);
        var full = backlog.isFull();
        var looksFirst = kind.declared().createsTarget()
                || isCheckedNow(kind, options, approval)
                || options.onConflict() == StartOptions.OnConflict.REJECT
                || full;
        if (looksFirst) { // else the statement that accepts sees whether the key was used
            var seen = seen(caller, options, fingerprint);
            if (seen != null) {
                return reader.get(caller, seen);
            }
        }
        if (full) {
            throw backlog.problem();
        }
        refuseExisting(kind, target);
        var accept = new Accept(
                Ids.next(),
                kind,
                target,
                spec,
                facts.labels(),
                firstState(options, approval),
                caller,
                options,
                fingerprint,
                checkNow(kind, target, spec, options, approval));
        return accept(accept);
    }

    private Operation accept(Accept accept) {
        var rejects = accept.options().onConflict() == StartOptions.OnConflict.REJECT;
        var accepted = rejects ? store.tx(tx -> acceptUnlessBlocked(tx, accept)) : operations.accept(store, accept);
        if (accepted.isPresent()) {
            if (accept.state() == OperationState.QUEUED) {
                hints.send("queue:" + accept.id());
            }
            return reader.accepted(accept, accepted.get());
        }
        var seen = seen(accept.caller(), accept.options(), accept.fingerprint());
        if (seen == null) {
            throw Problem.of(ProblemType.BUSY, "The operation of this key was forgotten just now; send it again.");
        }
        return reader.get(accept.caller(), seen);
    }

    private Optional<Accepted> acceptUnlessBlocked(Queries tx, Accept accept) {
        var locks = accept.kind().locks(accept.target(), accept.spec());
        operations.guardLines(tx, locks.stream().map(LockRequest::resource).toList());
        operations.blocker(tx, locks).ifPresent(blocker -> {
            throw Problem.of(
                    ProblemType.BUSY,
                    "Operation %s is at work on %s; wait for it, or start with onConflict=QUEUE to stand in line."
                            .formatted(blocker, accept.target()),
                    Map.of("blockedBy", blocker.toString()));
        });
        return operations.accept(tx, accept);
    }

    /** What the operation would do, with today's facts; needs the permission for doing it. */
    public Plan preview(Caller caller, Target target, OperationSpec spec) {
        var kind = catalogue.of(spec);
        var facts = startable(caller, kind, target, spec);
        refuseExisting(kind, target);
        return planner.plan(kind, target, spec, needsApproval(kind, spec, facts));
    }

    /** Refuses what a start would refuse before it looks at any server; answers the target's labels. */
    public Map<String, String> requireStartable(Caller caller, Target target, OperationSpec spec) {
        return startable(caller, catalogue.of(spec), target, spec).labels();
    }

    /** The same for every target that has all these labels, whichever it will be. */
    public void requireStartable(Caller caller, Map<String, String> labels, OperationSpec spec) {
        var kind = catalogue.of(spec);
        caller.require(kind.declared().permission(), labels);
        keepsRules(caller, kind, spec);
    }

    private Targets.Facts startable(Caller caller, Kind kind, Target target, OperationSpec spec) {
        var facts = permitted(caller, kind, target, spec);
        keepsRules(caller, kind, spec);
        return facts;
    }

    private void keepsRules(Caller caller, Kind kind, OperationSpec spec) {
        Violations.refuse(validator.validate(spec));
        kind.handler().authorize(caller, spec);
    }

    private Targets.Facts permitted(Caller caller, Kind kind, Target target, OperationSpec spec) {
        var permission = kind.declared().permission();
        caller.requireSomewhere(permission);
        if (kind.declared().createsTarget()) {
            caller.require(permission, spec.newTargetLabels());
            return new Targets.Facts(spec.newTargetLabels(), null);
        }
        var facts = targets.find(target).orElseThrow(() -> targets.notFound(target));
        if (!caller.may(Permission.CLUSTER_READ, facts.labels())) {
            throw targets.notFound(target);
        }
        caller.require(permission, facts.labels());
        return facts;
    }

    private void refuseExisting(Kind kind, Target target) {
        if (kind.declared().createsTarget() && targets.find(target).isPresent()) {
            throw targets.alreadyExists(target);
        }
    }

    /** Of no use, and left out, without a key. */
    private String fingerprint(Kind kind, Target target, OperationSpec spec, StartOptions options) {
        return options.idempotencyKey() == null
                ? ""
                : vault.fingerprint(json.digestible(
                        java.util.Arrays.asList(kind.name(), target.toString(), spec, options.withKey(null))));
    }

    private UUID seen(Caller caller, StartOptions options, String fingerprint) {
        if (options.idempotencyKey() == null) {
            return null;
        }
        var seen = operations
                .seen(store, caller.principal(), options.idempotencyKey())
                .orElse(null);
        if (seen != null && !seen.fingerprint().equals(fingerprint)) {
            throw Problem.of(
                    ProblemType.KEY_REUSED,
                    "The key '%s' was used for another request, operation %s; use a new key for a new request."
                            .formatted(options.idempotencyKey(), seen.id()),
                    Map.of("operation", seen.id().toString()));
        }
        return seen == null ? null : seen.id();
    }

    private static boolean needsApproval(Kind kind, OperationSpec spec, Targets.Facts facts) {
        return facts.approvalFrom() != null && kind.risk(spec).compareTo(facts.approvalFrom()) >= 0;
    }

    private OperationState firstState(StartOptions options, boolean approval) {
        if (approval) {
            return OperationState.AWAITING_APPROVAL;
        }
        return isLater(options.startTime()) ? OperationState.SCHEDULED : OperationState.QUEUED;
    }

    private boolean isLater(Instant time) {
        return time != null && operations.isLater(store, time);
    }

    private static boolean isCheckedNow(Kind kind, StartOptions options, boolean approval) {
        return options.planDigest() != null || approval || kind.declared().checkedOnAccept();
    }

    /** Looks at the facts before accepting where that is wanted; answers the digest of the plan that was looked at. */
    private String checkNow(Kind kind, Target target, OperationSpec spec, StartOptions options, boolean approval) {
        if (!isCheckedNow(kind, options, approval)) {
            return null;
        }
        var checks = planner.check(kind, target, spec);
        Planner.refuseBlocked(checks);
        var digest = planner.digest(kind, target, spec, checks);
        Planner.refuseDrifted(options.planDigest(), digest);
        return options.planDigest() == null && !approval ? null : digest;
    }

    /** Asks an operation to stop; what that leaves behind is its cancel effect. Asking again is no error. */
    public Operation cancel(Caller caller, UUID id) {
        var operation = steered(caller, Permission.OPERATION_CONTROL, id);
        if (operation.state() == OperationState.CANCELLING) {
            return operation;
        }
        refuseFinal(operation);
        store.inTx(tx -> {
            var row = tx.one("select state, committed from operation where id = $1 for update", id)
                    .orElseThrow(() -> OperationReader.gone(id));
            var state = row.constant(OperationState.class, "state");
            if (row.bool("committed") || state == OperationState.STUCK) {
                throw Problem.notPossible(
                        state == OperationState.STUCK
                                ? "It is stuck; look at what it left and resolve it with POST /v1/operations/" + id
                                        + "/resolve."
                                : "It is past its point of no return and will be carried to its end.");
            }
            var to = state == OperationState.RUNNING ? OperationState.CANCELLING : OperationState.CANCELLED;
            if (state != OperationState.CANCELLING) {
                moved(operations.move(tx, Move.to(to, id, "cancelled by " + caller.principal(), caller)));
            }
        });
        return told(caller, id);
    }

    /** Approves the very plan that was made when it was asked for; not by the one who asked. */
    public Operation approve(Caller caller, UUID id, String planDigest, String comment) {
        var operation = steered(caller, Permission.OPERATION_APPROVE, id);
        if (planDigest == null || !planDigest.equals(operation.planDigest())) {
            throw Problem.invalid(
                    "planDigest",
                    "must be the digest of the plan that is to be approved",
                    "Read it from the operation, preview the same request and compare.");
        }
        return vote(caller, operation, true, comment);
    }

    public Operation reject(Caller caller, UUID id, String comment) {
        return vote(caller, steered(caller, Permission.OPERATION_APPROVE, id), false, comment);
    }

    private Operation vote(Caller caller, Operation operation, boolean approved, String comment) {
        if (operation.principal().equals(caller.principal())) {
            throw Problem.of(
                    ProblemType.DENIED, "Nobody approves or rejects what they asked for; another person must.");
        }
        var to = approved
                ? (isLater(operation.startTime()) ? OperationState.SCHEDULED : OperationState.QUEUED)
                : OperationState.REJECTED;
        var said = (approved ? "approved by " : "rejected by ") + caller.principal();
        store.inTx(tx -> {
            tx.update(
                    "update operation set approvals = approvals || $2::text::jsonb where id = $1 and state = 'AWAITING_APPROVAL'",
                    operation.id(),
                    json.show(List.of(new Operation.Approval(
                            caller.principal(), approved, comment == null ? "" : comment, clock.instant()))));
            refuseUnless(operation, OperationState.AWAITING_APPROVAL);
            moved(operations.move(tx, Move.to(to, operation.id(), said, caller)));
        });
        return told(caller, operation.id());
    }

    /** Starts the same again as a new operation. */
    public Operation retry(Caller caller, UUID id, String idempotencyKey) {
        var operation = steered(caller, Permission.OPERATION_CONTROL, id);
        if (!operation.state().isFinal() || operation.state() == OperationState.SUCCEEDED) {
            throw Problem.notPossible("Only an operation that ended without success can be tried again; this one is "
                    + operation.state() + ".");
        }
        var options = StartOptions.DEFAULT.withKey(idempotencyKey).withRetryOf(id);
        return start(caller, Target.parse(operation.target()), reader.spec(id), options);
    }

    /** What a person says of an operation that is stuck. */
    public enum Resolution {
        RETRY,
        SUCCEEDED,
        FAILED,
        CANCELLED
    }

    /** Ends, or tries again at once, an operation that is stuck; the evidence is kept in the audit trail. */
    public Operation resolve(Caller caller, UUID id, Resolution resolution, String evidence) {
        var operation = steered(caller, Permission.OPERATION_RESOLVE, id);
        if (resolution == null) {
            throw Problem.invalid("resolution", "must be one of RETRY, SUCCEEDED, FAILED, CANCELLED", "Choose one.");
        }
        if (evidence == null || evidence.isBlank()) {
            throw Problem.invalid("evidence", "must say what you saw", "Write how you know in what state things are.");
        }
        refuseUnless(operation, OperationState.STUCK);
        store.inTx(tx -> {
            audit.write(
                    tx,
                    caller,
                    "operation.resolve",
                    operation.target(),
                    id,
                    Map.of("resolution", resolution, "evidence", evidence));
            if (resolution == Resolution.RETRY) {
                tx.update("update operation set probe_at = now() where id = $1 and state = 'STUCK'", id);
            } else {
                var reason = "resolved by " + caller.principal() + ": " + evidence;
                moved(operations.move(tx, Move.to(OperationState.valueOf(resolution.name()), id, reason, caller)));
            }
        });
        return told(caller, id);
    }

    /** Forgets an operation that has ended, before its time; its audit entries stay. */
    public void forget(Caller caller, UUID id) {
        var operation = steered(caller, Permission.OPERATION_CONTROL, id);
        if (!operation.done()) {
            throw Problem.notPossible(
                    "It is " + operation.state() + "; cancel it first, and forget it when it has ended.");
        }
        store.inTx(tx -> {
            operations.forget(tx, "id = $1", id);
            audit.write(tx, caller, "operation.forget", operation.target(), id, Map.of("state", operation.state()));
        });
    }

    private Operation steered(Caller caller, Permission permission, UUID id) {
        caller.requireSomewhere(permission);
        var operation = reader.get(caller, id);
        caller.require(permission, reader.labels(id));
        return operation;
    }

    private static void refuseFinal(Operation operation) {
        if (operation.state().isFinal()) {
            throw Problem.notPossible("It has ended already: " + operation.state() + ".");
        }
    }

    private static void refuseUnless(Operation operation, OperationState state) {
        if (operation.state() != state) {
            throw Problem.notPossible("It is " + operation.state() + ", not " + state + ".");
        }
    }

    private static void moved(boolean moved) {
        if (!moved) {
            throw Problem.of(ProblemType.BUSY, "Its state changed just now; look again.");
        }
    }

    private Operation told(Caller caller, UUID id) {
        hints.send("op:" + id);
        hints.send("cancel:" + id);
        hints.send("queue");
        return reader.get(caller, id);
    }
}
