package io.pgbosun.bench;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** Starts operations of the kind no-op, with an idempotency key each, on the clusters in turn. */
final class NoOps {
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    private NoOps() {}

    static String path(long number) {
        return "/v1/clusters/bench-%d/maintenance/no-op".formatted(number % Stage.CLUSTERS + 1);
    }

    static String id(String answer) {
        var matcher = ID.matcher(answer);
        if (!matcher.find()) {
            throw new IllegalStateException("no id in " + answer);
        }
        return matcher.group(1);
    }

    /** Starts one after the other and waits for none. */
    static HttpLoad starts(Service service, int connections) {
        var number = new AtomicLong();
        var run = UUID.randomUUID();
        return new HttpLoad(
                service,
                connections,
                (connection, answer) -> start(service, run + "-" + number.get(), number.getAndIncrement()));
    }

    private static byte[] start(Service service, String key, long number) {
        return HttpLoad.request(service, "POST", path(number), "Idempotency-Key: \"" + key + "\"\r\n", "{}");
    }

    /** Starts one on each connection, waits until it has ended, and starts the next. */
    static HttpLoad startsAndWaits(Service service, int connections) {
        var number = new AtomicLong();
        var run = UUID.randomUUID();
        var waits = new boolean[connections];
        return new HttpLoad(service, connections, (connection, answer) -> {
            waits[connection] = answer == null || !waits[connection];
            return waits[connection]
                    ? start(service, run + "-" + number.get(), number.getAndIncrement())
                    : HttpLoad.request(service, "GET", "/v1/operations/" + id(answer) + "?wait=30s", "", "");
        });
    }
}
