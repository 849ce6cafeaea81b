package io.pgbosun.api.rest;

import io.pgbosun.operation.OperationEvent;
import io.pgbosun.store.Json;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import jakarta.inject.Singleton;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Writes events as server-sent events (WHATWG HTML, 9.2), those of one moment in one write: a thousand watchers hear of
 * the same step within the same few milliseconds.
 */
@Singleton
class EventWriter {
    private static final Logger LOG = Logger.getLogger(EventWriter.class);
    private static final int SLOWEST_READER_SECONDS = 30;

    private final Json json;
    private final CurrentVertxRequest request;

    EventWriter(Json json, CurrentVertxRequest request) {
        this.json = json;
        this.request = request;
    }

    /** Begins the answer of the request in work: its head, and a comment, so that a reader knows before the first event. */
    HttpServerResponse begin(SseEventSink sink, Sse sse) {
        sink.send(sse.newEventBuilder().comment("events follow").build());
        return request.getCurrent().response();
    }

    /** Waits for the reader; false when there is none, or when it takes nothing for 30 s: it may come back where it was. */
    boolean sent(HttpServerResponse response, List<OperationEvent> events) {
        try {
            response.write(lines(events))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(SLOWEST_READER_SECONDS, TimeUnit.SECONDS);
            return !response.closed();
        } catch (ExecutionException | TimeoutException | IllegalStateException e) {
            LOG.debug("a watcher is gone", e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Buffer lines(List<OperationEvent> events) {
        var lines = Buffer.buffer();
        for (var event : events) {
            lines.appendString(
                    "id:%d\nevent:%s\ndata:%s\n\n".formatted(event.number(), event.type(), json.show(event)));
        }
        return lines;
    }
}
