package io.pgbosun.api.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.inject.Singleton;

/** Keeps the bearer token of a call until it is looked at on a thread that may block. */
@GlobalInterceptor
@Singleton
class BearerToken implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<String> TOKEN = Context.key("token");
    private static final Context.Key<String> METHOD = Context.key("method");
    private static final String BEARER = "Bearer ";

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var header = headers.get(AUTHORIZATION);
        var bearer = header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length());
        var context = Context.current()
                .withValue(TOKEN, bearer ? header.substring(BEARER.length()).strip() : null)
                .withValue(METHOD, call.getMethodDescriptor().getFullMethodName());
        return Contexts.interceptCall(context, call, headers, next);
    }

    static String current() {
        return TOKEN.get();
    }

    static String currentMethod() {
        return METHOD.get();
    }
}
