package io.pgbosun.chatops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Stands where hooks.slack.com would: takes posts to response URLs. */
final class SlackHooks implements AutoCloseable {
    private final HttpServer server;
    private final BlockingQueue<String> posts = new LinkedBlockingQueue<>();
    private final Queue<Integer> statuses = new ConcurrentLinkedQueue<>();

    SlackHooks() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        posts.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        var status = statuses.poll();
        if (status != null && status / 100 == 3) {
            exchange.getResponseHeaders().add("Location", url());
        }
        exchange.sendResponseHeaders(status == null ? 200 : status, -1);
        exchange.close();
    }

    String url() {
        return "http://127.0.0.1:%d/commands/1234/5678"
                .formatted(server.getAddress().getPort());
    }

    /** The next post is answered so, and those after it with 200. */
    void answerNext(int status) {
        statuses.add(status);
    }

    /** The next post; null when none came in time. */
    String next(int seconds) throws InterruptedException {
        return posts.poll(seconds, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
