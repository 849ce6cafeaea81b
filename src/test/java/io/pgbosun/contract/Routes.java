package io.pgbosun.contract;

import io.pgbosun.Api;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the running service's own OpenAPI document says there is. */
final class Routes {
    private Routes() {}

    /** One operation of the document. */
    record Route(String path, String method, String operationId, String permission, List<String> kinds, boolean open) {}

    @SuppressWarnings("unchecked")
    static List<Route> all() {
        Map<String, Map<String, Object>> paths =
                Api.admin().get("/q/openapi?format=json").jsonPath().getMap("paths");
        var routes = new ArrayList<Route>();
        paths.forEach((path, item) -> item.forEach((method, value) -> {
            if (value instanceof Map<?, ?> operation && operation.containsKey("operationId")) {
                var security = (List<?>) operation.get("security");
                routes.add(new Route(
                        path,
                        method.toUpperCase(Locale.ROOT),
                        (String) operation.get("operationId"),
                        operation.get("x-permission") == null ? "-" : (String) operation.get("x-permission"),
                        operation.get("x-kinds") == null ? List.of() : (List<String>) operation.get("x-kinds"),
                        security.stream().noneMatch(needed -> ((Map<?, ?>) needed).containsKey("token"))));
            }
        }));
        return routes;
    }
}
