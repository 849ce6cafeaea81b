package io.pgbosun.api.grpc;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/**
 * What is sent to a caller, if there still is one. All of it is sent on the thread that also hears that a stream was
 * given up: what is sent on such a stream ends the whole connection, with all that others do on it.
 */
final class Answer<M> {
    private final StreamObserver<M> observer;
    private final Context loop = Vertx.currentContext();
    private final Entrance.Entry entry = Entrance.current();

    /** Of a call that has just arrived, on the thread on which it did. */
    Answer(StreamObserver<M> observer) {
        this.observer = observer;
    }

    /** The only message. */
    void only(M message) {
        send(() -> {
            observer.onNext(message);
            observer.onCompleted();
        });
    }

    void next(M message) {
        send(() -> observer.onNext(message));
    }

    void end() {
        send(observer::onCompleted);
    }

    void fail(StatusRuntimeException problem) {
        send(() -> observer.onError(problem));
    }

    private void send(Runnable said) {
        loop.runOnContext(now -> {
            if (!isGone()) {
                said.run();
            }
        });
    }

    /** Whether the caller has gone, or given up. */
    boolean isGone() {
        return entry.isClosed() || observer instanceof ServerCallStreamObserver<?> stream && stream.isCancelled();
    }

    /** Whether what was sent so far is on its way, so that more may be. */
    boolean isReady() {
        return !(observer instanceof ServerCallStreamObserver<?> stream) || stream.isReady();
    }
}
