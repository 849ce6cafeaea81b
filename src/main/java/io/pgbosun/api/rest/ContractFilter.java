package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.OperationKind;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;

/**
 * Completes the OpenAPI document from what the code declares: what a call that starts a kind answers, which permission a
 * call needs, which problems it may answer.
 */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public class ContractFilter implements OASFilter {
    private static final String PROBLEM = "#/components/schemas/ProblemBody";
    private static final Map<String, String> PROBLEMS = Map.of(
            "400", "The request is not valid: invalid.",
            "401", "No valid token was given: unauthenticated.",
            "403", "The caller may not do this: denied.",
            "404", "There is no such thing, or it may not be seen: not-found.",
            "503", "Something cannot be reached: unreachable; see Retry-After.",
            "500", "A bug in pgbosun: bug.");
    private static final Map<String, String> CHANGE_PROBLEMS = Map.of(
            "409", "Something is in the way: already-exists, busy or plan-drifted.",
            "412", "It was changed by someone else meanwhile: stale.",
            "413", "The request is too large: too-large.",
            "415", "The body is no JSON: unsupported.",
            "422", "It cannot be done as things are: not-possible, key-reused or damaged.");

    private final Map<String, KindFacts> kinds = new HashMap<>();
    private final Map<String, Permission> needs = new HashMap<>();

    /** What the document tells of a kind. */
    private record KindFacts(String kind, Permission permission, String risk, String cancel, String result) {}

    public ContractFilter(IndexView index) {
        for (var annotation : index.getAnnotations(OperationKind.class)) {
            var kind = annotation.value("name").asString();
            var spec = annotation.target().asClass();
            kinds.put(
                    operationId(kind),
                    new KindFacts(
                            kind,
                            Permission.valueOf(annotation.value("permission").asEnum()),
                            annotation.value("risk").asEnum(),
                            annotation.value("cancel").asEnum(),
                            result(index, spec.name())));
        }
        for (var annotation : index.getAnnotations(Needs.class)) {
            needs.put(
                    annotation.target().asMethod().name(),
                    Permission.valueOf(annotation.value().asEnum()));
        }
    }

    /** The result type of the handler whose spec this is. */
    private static String result(IndexView index, DotName spec) {
        var handler = DotName.createSimple("io.pgbosun.operation.OperationHandler");
        return index.getAllKnownImplementations(handler).stream()
                .flatMap(type -> type.interfaceTypes().stream())
                .filter(type -> type.name().equals(handler))
                .map(type -> type.asParameterizedType().arguments())
                .filter(arguments -> arguments.get(0).name().equals(spec))
                .map(arguments -> arguments.get(1).name().withoutPackagePrefix().replaceAll(".*\\$", ""))
                .findFirst()
                .orElseThrow();
    }

    /** {@code delete-backup} is started by the method {@code deleteBackup}. */
    private static String operationId(String kind) {
        var id = new StringBuilder();
        for (var part : kind.split("-")) {
            id.append(id.isEmpty() ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
        }
        return id.toString();
    }

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.getPaths()
                .getPathItems()
                .forEach((path, item) ->
                        item.getOperations().forEach((method, operation) -> complete(path, method, operation)));
        document.getComponents()
                .addSecurityScheme(
                        "token",
                        OASFactory.createSecurityScheme()
                                .type(org.eclipse.microprofile.openapi.models.security.SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .description("A token of POST /v1/tokens; the first one is in $PGBOSUN_HOME/token."));
    }

    private void complete(String path, PathItem.HttpMethod method, Operation operation) {
        if (path.startsWith("/v1/chat/slack")) {
            operation.security(List.of());
            describe(operation);
            return;
        }
        operation.security(List.of(OASFactory.createSecurityRequirement().addScheme("token")));
        var started = started(operation.getOperationId());
        if (started.isEmpty()) {
            permission(operation, needs.get(operation.getOperationId()));
        } else {
            started.forEach(kind -> permission(operation, kind.permission()));
            start(operation, started);
        }
        problems(operation, PROBLEMS);
        if (method != PathItem.HttpMethod.GET) {
            problems(operation, CHANGE_PROBLEMS);
        }
        describe(operation);
    }

    /** Spectral and Redocly want every operation described. */
    private static void describe(Operation operation) {
        if (operation.getDescription() == null) {
            operation.setDescription(operation.getSummary());
        }
    }

    private List<KindFacts> started(String operationId) {
        if ("createCluster".equals(operationId)) {
            return List.of(kinds.get("provision"), kinds.get("register"));
        }
        return kinds.containsKey(operationId) ? List.of(kinds.get(operationId)) : List.of();
    }

    private static void permission(Operation operation, Permission permission) {
        if (permission == null) {
            throw new IllegalStateException(
                    operation.getOperationId() + " neither starts a kind nor is annotated with @Needs");
        }
        operation.addExtension("x-permission", permission.slug());
        operation.addExtension("x-least-role", permission.leastRole.name());
        operation.setDescription("%s Needs the permission %s (role %s and above)."
                .formatted(operation.getSummary(), permission.slug(), permission.leastRole));
    }

    private static void start(Operation operation, List<KindFacts> started) {
        var told = new ArrayList<String>();
        for (var kind : started) {
            told.add("Kind %s, risk %s, cancelling is %s; its result is a %s."
                    .formatted(kind.kind(), kind.risk(), kind.cancel(), kind.result()));
        }
        operation.setDescription(operation.getDescription() + " " + String.join(" ", told));
        operation.addExtension("x-kinds", started.stream().map(KindFacts::kind).toList());
        operation.getResponses().setAPIResponses(new LinkedHashMap<>());
        operation
                .getResponses()
                .addAPIResponse("200", answer("The plan, when previewed; nothing was changed.", "Plan"));
        var accepted = answer("The operation that was accepted, or was before with the same key.", "Operation");
        accepted.addHeader("Location", header("Where to watch it.", Schema.SchemaType.STRING));
        accepted.addHeader(
                "Retry-After", header("Seconds after which a look is worthwhile.", Schema.SchemaType.INTEGER));
        operation.getResponses().addAPIResponse("202", accepted);
    }

    private static org.eclipse.microprofile.openapi.models.headers.Header header(String text, Schema.SchemaType type) {
        return OASFactory.createHeader()
                .description(text)
                .schema(OASFactory.createSchema().addType(type));
    }

    private static APIResponse answer(String text, String schema) {
        return OASFactory.createAPIResponse()
                .description(text)
                .content(content("application/json", "#/components/schemas/" + schema));
    }

    private static Content content(String mediaType, String reference) {
        return OASFactory.createContent()
                .addMediaType(
                        mediaType,
                        OASFactory.createMediaType()
                                .schema(OASFactory.createSchema().ref(reference)));
    }

    private static void problems(Operation operation, Map<String, String> problems) {
        // in one order, whatever the order of the map: the document is compared with the committed one
        new TreeMap<>(problems)
                .forEach((status, text) -> operation
                        .getResponses()
                        .addAPIResponse(
                                status,
                                OASFactory.createAPIResponse()
                                        .description(text)
                                        .content(content("application/problem+json", PROBLEM))));
    }
}
