package io.pgbosun.process;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Sends one kind of request over and over: as fast as it is answered, or as fast as it is told to. */
final class Barrage implements AutoCloseable {
    private static final int CONNECTIONS = 16;
    private static final int STREAMS = 100;
    private static final long TICK_NANOS = 2_000_000;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final HttpClient client;
    private final Service service;
    private final HttpMethod method;
    private final String path;
    private final Buffer body;
    private final String authorization;

    Barrage(Service service, HttpMethod method, String path, String body) {
        this.service = service;
        this.method = method;
        this.path = path;
        this.body = Buffer.buffer(body);
        authorization = "Bearer " + service.token();
        client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false)
                        .setHttp2MultiplexingLimit(STREAMS)
                        .setConnectTimeout(60_000),
                new PoolOptions().setHttp2MaxSize(CONNECTIONS).setMaxWaitQueueSize(20_000));
    }

    /** What became of the requests of one phase. */
    static final class Outcome {
        final AtomicLong sent = new AtomicLong();
        final AtomicLong accepted = new AtomicLong();
        final AtomicLong refused = new AtomicLong();
        final AtomicLong refusedBadly = new AtomicLong();
        final AtomicLong other = new AtomicLong();
        final AtomicLong unanswered = new AtomicLong();
        volatile double seconds;

        double acceptedPerSecond() {
            return accepted.get() / seconds;
        }

        @Override
        public String toString() {
            return "sent %d, accepted %d (%.0f/s), refused %d, refused without Retry-After %d, other %d, unanswered %d in %.1f s"
                    .formatted(
                            sent.get(),
                            accepted.get(),
                            acceptedPerSecond(),
                            refused.get(),
                            refusedBadly.get(),
                            other.get(),
                            unanswered.get(),
                            seconds);
        }
    }

    /** So many at once, each followed by the next. */
    Outcome closed(int atOnce, Duration time) {
        var outcome = new Outcome();
        var running = new AtomicBoolean(true);
        var start = System.nanoTime();
        for (var i = 0; i < atOnce; i++) {
            again(outcome, running);
        }
        LockSupport.parkNanos(time.toNanos());
        running.set(false);
        outcome.seconds = (System.nanoTime() - start) / 1e9;
        return outcome;
    }

    private void again(Outcome outcome, AtomicBoolean running) {
        one(outcome, running, () -> {
            if (running.get()) {
                again(outcome, running);
            }
        });
    }

    /** So many a second, whatever the answers. */
    Outcome open(double perSecond, Duration time) {
        var outcome = new Outcome();
        var running = new AtomicBoolean(true);
        var start = System.nanoTime();
        for (var now = 0L; now < time.toNanos(); now = System.nanoTime() - start) {
            for (var due = (long) (perSecond * now / 1e9); outcome.sent.get() < due; ) {
                one(outcome, running, () -> {});
            }
            LockSupport.parkNanos(TICK_NANOS);
        }
        running.set(false);
        outcome.seconds = (System.nanoTime() - start) / 1e9;
        return outcome;
    }

    private void one(Outcome outcome, AtomicBoolean running, Runnable after) {
        outcome.sent.incrementAndGet();
        client.request(method, service.port(), "127.0.0.1", path)
                .compose(request -> request.putHeader("authorization", authorization)
                        .putHeader("content-type", "application/json")
                        .send(body))
                .onComplete(answer -> {
                    if (running.get()) {
                        if (answer.succeeded()) {
                            count(outcome, answer.result());
                        } else {
                            outcome.unanswered.incrementAndGet();
                        }
                    }
                    after.run();
                });
    }

    private static void count(Outcome outcome, HttpClientResponse answer) {
        switch (answer.statusCode()) {
            case 202 -> outcome.accepted.incrementAndGet();
            case 429, 503 ->
                (answer.getHeader("retry-after") == null ? outcome.refusedBadly : outcome.refused).incrementAndGet();
            default -> outcome.other.incrementAndGet();
        }
    }

    @Override
    public void close() {
        client.close();
        vertx.close();
    }
}
