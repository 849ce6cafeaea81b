package io.pgbosun.api.grpc;

import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.pgbosun.access.Admission;
import io.pgbosun.access.Priority;
import io.pgbosun.access.Rate;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.quarkus.grpc.GlobalInterceptor;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** What is known of a call beside its message: where it comes from, its place among those in work, its caller's rate. */
@GlobalInterceptor
@Singleton
class Entrance implements ServerInterceptor {
    /** Of a call that found no place; made once, because it is given when there is no time. */
    static final StatusRuntimeException OVERLOADED = Statuses.exception(Problem.of(
            ProblemType.OVERLOADED,
            "The service has more to do than it can; come again in a moment.",
            Map.of(Problem.RETRY_AFTER_SECONDS, Admission.RETRY_AFTER_SECONDS)));

    private static final Context.Key<Entry> ENTRY = Context.key("entry");
    private static final Pattern READ = Pattern.compile(".*/(Get|List|Find|Watch|Wait)\\w*");
    private static final Pattern CONTROL = Pattern.compile(".*/(Cancel|Approve|Reject|Resolve|Revoke)\\w*");
    private static final Metadata.Key<String> LIMIT = key("ratelimit-limit");
    private static final Metadata.Key<String> REMAINING = key("ratelimit-remaining");
    private static final Metadata.Key<String> RESET = key("ratelimit-reset");

    private final Admission admission;
    private final Map<String, Priority> priorities = new ConcurrentHashMap<>();

    Entrance(Admission admission) {
        this.admission = admission;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** One call, on its way through. */
    static final class Entry {
        private final String address;
        private final HttpServerResponse response;
        private volatile Admission.Slot slot;
        private volatile Rate rate;
        private volatile Problem misread;

        private Entry(String address, HttpServerResponse response) {
            this.address = address;
            this.response = response;
        }

        /** Whether the stream of the answer is closed. The call itself hears of that a little later. */
        boolean isClosed() {
            return response.closed();
        }

        String address() {
            return address;
        }

        /** Keeps what the caller may still send, for the answer's headers; refuses when that is nothing. */
        void spent(Rate spent) {
            rate = spent;
            spent.require();
        }

        /** Refuses a message with fields that are not known here, as REST does: what is not done must not look done. */
        void readable() {
            if (misread != null) {
                throw misread;
            }
        }

        /** Gives up the place among those in work. */
        void leave() {
            slot.leave();
        }
    }

    static Entry current() {
        return ENTRY.get();
    }

    /** Takes a place for the current call among those in work; false when there is none. */
    boolean enter() {
        var slot = admission.enter(priorities.computeIfAbsent(BearerToken.currentMethod(), Entrance::priority));
        current().slot = slot;
        return slot != null;
    }

    private static Priority priority(String method) {
        return READ.matcher(method).matches()
                ? Priority.READ
                : CONTROL.matcher(method).matches() ? Priority.CONTROL : Priority.START;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        RoutingContext routed = Vertx.currentContext().getLocal(RoutingContext.class.getName());
        var entry = new Entry(
                remote instanceof InetSocketAddress address && address.getAddress() != null
                        ? address.getAddress().getHostAddress()
                        : "",
                routed.response());
        var context = Context.current().withValue(ENTRY, entry);
        return new Looking<>(Contexts.interceptCall(context, new Told<>(call, entry), headers, next), entry);
    }

    /** Looks at the message before the call is answered. */
    private static final class Looking<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Entry entry;

        private Looking(ServerCall.Listener<Q> listener, Entry entry) {
            super(listener);
            this.entry = entry;
        }

        @Override
        public void onMessage(Q message) {
            if (message instanceof Message read) {
                entry.misread = Unread.problem(read);
            }
            super.onMessage(message);
        }
    }

    /** Tells the caller's rate in the headers of the answer, or in the trailers of one that has none. */
    private static final class Told<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final Entry entry;
        private boolean told;

        private Told(ServerCall<Q, A> call, Entry entry) {
            super(call);
            this.entry = entry;
        }

        @Override
        public void sendHeaders(Metadata headers) {
            tell(headers);
            super.sendHeaders(headers);
        }

        @Override
        public void close(io.grpc.Status status, Metadata trailers) {
            if (!told) {
                tell(trailers);
            }
            super.close(status, trailers);
        }

        private void tell(Metadata metadata) {
            told = true;
            if (entry.rate != null && entry.rate.limited()) {
                metadata.put(LIMIT, String.valueOf(entry.rate.limit()));
                metadata.put(REMAINING, String.valueOf(entry.rate.remaining()));
                metadata.put(RESET, String.valueOf(entry.rate.resetSeconds()));
            }
        }
    }
}
