package io.pgbosun.process;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** A service with something of everything in it, and a second one over the same control database that only answers. */
final class FuzzWorld implements AutoCloseable {
    private static final String NO_LIMIT = "0";

    final Path folder = Service.newFolder();
    final Service answering;
    final Map<String, List<String>> known = new HashMap<>();

    FuzzWorld() {
        var working = Service.first(folder, "api,worker");
        var api = working.rest();
        api.provision("orders", 1);
        api.succeed("/v1/clusters/orders/backups", "{'databases':['shop']}");
        for (var i = 0; i < 3; i++) {
            api.succeed("/v1/clusters/orders/maintenance/no-op", "{}");
        }
        api.post("/v1/chat/users", "{'id':'U1','principal':'ada','grants':[{'role':'VIEWER'}]}");
        working.kill(); // with the control database left running
        answering = working.beside("two", "api", Map.of("PGBOSUN_REQUESTS_PER_SECOND", NO_LIMIT));
        learn(answering.rest());
    }

    private void learn(Rest api) {
        api.post("/v1/clusters/orders/maintenance/checkpoint?startTime=2100-01-01T00:00:00Z", "{}")
                .started();
        api.post("/v1/clusters/orders/maintenance/vacuum", "{}").started();
        var tokens = new ArrayList<>(List.of(api.token()));
        for (var role : List.of("ADMIN", "OPERATOR", "VIEWER")) {
            tokens.add(api.post("/v1/tokens", "{'principal':'%s','grants':[{'role':'%s'}]}".formatted(role, role))
                    .json()
                    .getString("value"));
        }
        var operations = api.get("/v1/operations").json().getList("items.id", String.class);
        var backups = api.get("/v1/backups").json().getList("items.id", String.class);
        known.put("cluster", List.of("orders", "nosuch"));
        known.put("operation", operations);
        known.put("backup", backups);
        known.put("host", List.of("local", "nosuch"));
        known.put("repository", List.of("default", "nosuch"));
        known.put("database", List.of("shop", "postgres", "nosuch"));
        known.put("databases", List.of("shop", "postgres"));
        known.put("tables", List.of("orders", "public.pgbench_accounts"));
        known.put("address", List.of("127.0.0.1"));
        known.put("path", List.of(folder.resolve("repository").toString(), "/proc/nosuch", "/dev/null/x"));
        known.put("user", List.of("U1", "U2"));
        known.put("planDigest", List.of("0".repeat(64)));
        known.put("token", List.of("01939c2e-5b7c-7d42-a7b0-3d5c2f1e8a90"));
        known.put("token!", tokens);
        known.put(
                "etag!",
                List.of(api.get("/v1/clusters/orders").header("ETag").orElse("\"1\""), "*", "\"", "W/\"x\"", "x"));
        known.put("pageToken!", pageTokens(api));
    }

    /** True ones, and ones that look true but lead to no place. */
    private static List<String> pageTokens(Rest api) {
        var tokens = new ArrayList<>(List.of("", "x", "%", "AAAA"));
        for (var list : List.of("operations", "tokens", "audit", "clusters", "backups", "repositories", "hosts")) {
            var token = api.get("/v1/" + list + "?pageSize=1").json().getString("nextPageToken");
            if (token != null) {
                tokens.add(token);
                tokens.add(moved(token, "nowhere"));
                tokens.add(moved(token, "2026-13-45T99:00:00Z " + Hostile.IDS.getFirst()));
                tokens.add(moved(token, "\0"));
            }
        }
        return tokens;
    }

    private static String moved(String token, String place) {
        var text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((text.substring(0, text.indexOf(' ') + 1) + place).getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes of the heap that are in use after a collection. */
    long heapBytes() {
        return Heap.afterCollection(answering.pid());
    }

    @Override
    public void close() {
        Service.clear(folder, answering);
    }

    /** Runs so many lanes at once to their ends; what one of them fails with, the test fails with. */
    static void lanes(ExecutorService threads, int count, IntConsumer lane)
            throws InterruptedException, ExecutionException {
        var running = IntStream.range(0, count)
                .mapToObj(number -> threads.submit(() -> lane.accept(number)))
                .toList();
        for (var one : running) {
            one.get();
        }
    }
}
