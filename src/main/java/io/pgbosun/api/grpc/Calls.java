package io.pgbosun.api.grpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.pgbosun.access.Caller;
import io.pgbosun.access.Channel;
import io.pgbosun.access.Doors;
import io.pgbosun.access.RateLimits;
import io.pgbosun.access.Watchers;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.operation.Catalogue;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Operations;
import io.pgbosun.operation.StartOptions;
import io.pgbosun.operation.Target;
import io.pgbosun.operation.Violations;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Page;
import io.pgbosun.store.Store;
import io.pgbosun.token.Tokens;
import io.pgbosun.v1.Plan;
import jakarta.inject.Singleton;
import jakarta.validation.Validator;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** How every call is answered: who calls, what is asked as records, what comes back as messages, problems as statuses. */
@Singleton
class Calls {
    private static final Logger LOG = Logger.getLogger(Calls.class);

    private final Tokens tokens;
    private final Doors doors;
    private final Operations operations;
    private final Catalogue catalogue;
    private final LongRunning longRunning;
    private final Store store;
    private final AuditTrail audit;
    private final ObjectMapper json;
    private final RecordMessages messages;
    private final Validator validator;
    private final Entrance entrance;
    private final RateLimits limits;
    private final Watchers watchers;

    Calls(
            Tokens tokens,
            Doors doors,
            Operations operations,
            Catalogue catalogue,
            LongRunning longRunning,
            Store store,
            AuditTrail audit,
            ObjectMapper json,
            RecordMessages messages,
            Validator validator,
            Entrance entrance,
            RateLimits limits,
            Watchers watchers) {
        this.tokens = tokens;
        this.doors = doors;
        this.operations = operations;
        this.catalogue = catalogue;
        this.longRunning = longRunning;
        this.store = store;
        this.audit = audit;
        this.json = json;
        this.messages = messages;
        this.validator = validator;
        this.entrance = entrance;
        this.limits = limits;
        this.watchers = watchers;
    }

    /** A call that may throw what its thread is told. */
    interface Call<M> {
        M answer(Caller caller) throws InterruptedException;
    }

    /** Answers one message. */
    <M> void answer(StreamObserver<M> observer, Call<M> call) {
        var answer = new Answer<>(observer);
        attempt(answer, caller -> {
            answer.only(call.answer(caller));
            return null;
        });
    }

    /** Answers what a record shows. */
    <M extends Message> void record(StreamObserver<M> observer, M empty, Function<Caller, ?> call) {
        answer(observer, caller -> message(call.apply(caller), empty));
    }

    /**
     * Runs a call that sends its answer itself, on a virtual thread of its own. The framework's own dispatch to virtual
     * threads hands over the message and the end of the request on two threads, which were seen to overtake each other.
     */
    void attempt(Answer<?> answer, Call<Void> call) {
        if (entrance.enter()) {
            Thread.ofVirtual().name("grpc").start(Context.current().wrap(() -> attemptHere(answer, call)));
        } else {
            answer.fail(Entrance.OVERLOADED);
        }
    }

    private void attemptHere(Answer<?> answer, Call<Void> call) {
        Caller caller = null;
        try {
            doors.requireOpen();
            caller = authenticated();
            call.answer(caller);
        } catch (Problem problem) {
            denied(caller, problem);
            answer.fail(Statuses.exception(problem));
        } catch (InterruptedException e) {
            answer.fail(Statuses.exception(Problem.stopping(e)));
        } catch (RuntimeException e) {
            var id = UUID.randomUUID();
            LOG.errorf(e, "bug %s", id);
            answer.fail(Statuses.exception(Problem.of(
                    ProblemType.BUG,
                    "Something is wrong inside pgbosun; the service's log tells more under " + id + ".",
                    Map.of("id", id.toString()))));
        } finally {
            Entrance.current().leave();
        }
    }

    private Caller authenticated() {
        var entry = Entrance.current();
        try {
            var caller = tokens.authenticate(BearerToken.current(), Channel.GRPC);
            entry.spent(limits.spend(caller.principal()));
            entry.readable();
            return caller;
        } catch (Problem problem) {
            if (problem.type() == ProblemType.UNAUTHENTICATED) {
                limits.spendOfStranger(entry.address()).require();
            }
            throw problem;
        }
    }

    /** Moves a call that is to wait for long from those in work to those that watch. */
    Watchers.Place watching(Caller caller) {
        var place = watchers.enter(caller.principal());
        Entrance.current().leave();
        return place;
    }

    private void denied(Caller caller, Problem problem) {
        if (caller != null && problem.type() == ProblemType.DENIED) {
            audit.denied(store, caller, BearerToken.currentMethod(), problem);
        }
    }

    /** Starts the kind whose spec is the request's message of that name, or shows its plan. */
    void start(Message request, StreamObserver<com.google.longrunning.Operation> observer) {
        answer(observer, caller -> {
            var spec = spec(request);
            var target = target(request);
            if ((Boolean) field(request, "validate_only")) {
                var plan = message(operations.preview(caller, target, spec), Plan.getDefaultInstance());
                return com.google.longrunning.Operation.newBuilder()
                        .setDone(true)
                        .setResponse(Any.pack(plan))
                        .build();
            }
            return longRunning.of(operations.start(caller, target, spec, options(request)));
        });
    }

    private OperationSpec spec(Message request) {
        for (var kind : catalogue.kinds()) {
            var field = request.getDescriptorForType().getFields().stream()
                    .filter(candidate ->
                            candidate.getJavaType() == com.google.protobuf.Descriptors.FieldDescriptor.JavaType.MESSAGE
                                    && candidate
                                            .getMessageType()
                                            .getName()
                                            .equals(kind.spec().getSimpleName()))
                    .findFirst();
            if (field.isPresent()) {
                return convert((Message) request.getField(field.get()), kind.spec());
            }
        }
        throw new IllegalStateException(request.getDescriptorForType().getFullName() + " holds the spec of no kind");
    }

    /** The record that a message says, when it keeps its rules. */
    <T> T read(Message message, Class<T> type) {
        return valid(convert(message, type));
    }

    private <T> T convert(Message message, Class<T> type) {
        try {
            return json.treeToValue(ProtoJson.toJson(message), type);
        } catch (JsonProcessingException e) {
            throw Statuses.read(e);
        }
    }

    /** The record, when it keeps its rules. */
    <T> T valid(T record) {
        Violations.refuse(validator.validate(record));
        return record;
    }

    private static Target target(Message request) {
        var fields = request.getDescriptorForType();
        if (fields.findFieldByName("backup") != null) {
            return Target.backup(io.pgbosun.operation.Ids.parse("backup", (String) field(request, "backup")));
        }
        return fields.findFieldByName("repository") != null
                ? Target.repository((String) field(request, "repository"))
                : Target.cluster((String) field(request, "cluster"));
    }

    private StartOptions options(Message request) {
        var options = (Message) field(request, "options");
        var key = (String) field(request, "request_id");
        var read = options.equals(options.getDefaultInstanceForType())
                ? StartOptions.DEFAULT
                : read(options, StartOptions.class);
        return read.withKey(key.isEmpty() ? null : key);
    }

    private static Object field(Message message, String name) {
        return message.getField(message.getDescriptorForType().findFieldByName(name));
    }

    <M extends Message> M message(Object record, M empty) {
        return messages.message(record, empty);
    }

    /** The page that the request asks for; its other fields are what its token belongs to. */
    static Page.Request page(Message request) {
        var filter = ProtoJson.toJson(request);
        filter.remove(java.util.List.of("pageSize", "pageToken"));
        return Page.Request.of(
                (Integer) field(request, "page_size"), (String) field(request, "page_token"), filter.toString());
    }

    /** Null for a text that is not set. */
    static String optional(String text) {
        return text.isEmpty() ? null : text;
    }

    static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(Timestamps.checkValid(time).getSeconds(), time.getNanos());
    }

    /** Runs a call that answers nothing. */
    void empty(StreamObserver<com.google.protobuf.Empty> observer, java.util.function.Consumer<Caller> call) {
        answer(observer, caller -> {
            call.accept(caller);
            return com.google.protobuf.Empty.getDefaultInstance();
        });
    }

    /** A list without pages, as a message with items. */
    record Items(Object items) {}
}
