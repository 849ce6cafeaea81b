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
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;

/**
 * Completes the OpenAPI document from what the code declares: what a call that starts a kind answers, which permission a
 * call needs, which problems it may answer.
 */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public class ContractFilter implements OASFilter {
    private static final String TOKEN = "token";
    private static final String SLACK = "slack";
    private static final String PROBLEM = "#/components/schemas/ProblemBody";
    /** What any call may answer. */
    private static final Map<String, Trouble> PROBLEMS = Map.ofEntries(
            Map.entry("400", new Trouble("Invalid", "The request is not valid: invalid.")),
            Map.entry("401", new Trouble("Unauthenticated", "No valid token was given: unauthenticated.")),
            Map.entry("403", new Trouble("Denied", "The caller may not do this: denied.")),
            Map.entry("404", new Trouble("NotFound", "There is no such thing, or it may not be seen: not-found.")),
            Map.entry(
                    "406",
                    new Trouble("NotAcceptable", "No answer can be given in an accepted media type: not-acceptable.")),
            Map.entry("414", new Trouble("PathTooLarge", "The path with its parameters is too large: too-large.")),
            Map.entry("429", new Trouble("TooMany", "Too many requests: too-many; see Retry-After.")),
            Map.entry("431", new Trouble("HeadersTooLarge", "The headers are too large: too-large.")),
            Map.entry("500", new Trouble("Bug", "A bug in pgbosun: bug.")),
            Map.entry(
                    "503",
                    new Trouble(
                            "Unreachable",
                            "Something cannot be reached, or there is too much to do: unreachable or overloaded; see Retry-After.")),
            Map.entry("504", new Trouble("TooSlow", "It took longer than allowed: too-slow; see Retry-After.")));

    /** What a call that changes something may answer besides. */
    private static final Map<String, Trouble> CHANGE_PROBLEMS = Map.of(
            "409", new Trouble("Conflict", "Something is in the way: already-exists, busy or plan-drifted."),
            "412", new Trouble("Stale", "It was changed by someone else meanwhile: stale."),
            "413", new Trouble("TooLarge", "The request is too large: too-large."),
            "415", new Trouble("Unsupported", "The body is of another media type: unsupported."),
            "422", new Trouble("NotPossible", "It cannot be done as things are: not-possible, key-reused or damaged."));

    private static final Set<String> RETRY_LATER = Set.of("429", "503", "504");

    private final Map<String, KindFacts> kinds = new HashMap<>();
    private final Map<String, Permission> needs = new HashMap<>();

    /** A problem as an answer: its name among the components, and its words. */
    private record Trouble(String name, String text) {}

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
    public Schema filterSchema(Schema schema) {
        return ContractLimits.limited(schema);
    }

    @Override
    public Parameter filterParameter(Parameter parameter) {
        return ContractLimits.limited(parameter);
    }

    @Override
    public void filterOpenAPI(OpenAPI document) {
        ContractLimits.headers().forEach(document.getComponents()::addHeader);
        components(document.getComponents(), PROBLEMS);
        components(document.getComponents(), CHANGE_PROBLEMS);
        ContractLimits.labels(document.getComponents());
        document.getPaths()
                .getPathItems()
                .forEach((path, item) ->
                        item.getOperations().forEach((method, operation) -> complete(path, method, operation)));
        document.setServers(List.of(OASFactory.createServer()
                .url("/")
                .description("This installation, in production or local.")
                .addExtension("x-internal", true)));
        document.getComponents()
                .addSecurityScheme(
                        TOKEN,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .description("A token of POST /v1/tokens; the first one is in $PGBOSUN_HOME/token."))
                .addSecurityScheme(
                        SLACK,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.APIKEY)
                                .in(SecurityScheme.In.HEADER)
                                .name("X-Slack-Signature")
                                .description("Slack's signature of the request, with the signing secret of the app."));
    }

    private void complete(String path, PathItem.HttpMethod method, Operation operation) {
        problems(operation, PROBLEMS);
        if (method != PathItem.HttpMethod.GET) {
            problems(operation, CHANGE_PROBLEMS);
        }
        if (path.startsWith("/v1/chat/slack")) {
            operation.security(List.of(OASFactory.createSecurityRequirement().addScheme(SLACK)));
        } else {
            operation.security(List.of(OASFactory.createSecurityRequirement().addScheme(TOKEN)));
            permissions(operation);
        }
        operation.getResponses().getAPIResponses().values().stream()
                .filter(response -> response.getRef() == null)
                .forEach(ContractLimits::rated);
        // Spectral and Redocly want every operation described
        if (operation.getDescription() == null) {
            operation.setDescription(operation.getSummary());
        }
    }

    private void permissions(Operation operation) {
        var started = started(operation.getOperationId());
        if (started.isEmpty()) {
            permission(operation, needs.get(operation.getOperationId()));
        } else {
            started.forEach(kind -> permission(operation, kind.permission()));
            start(operation, started);
        }
    }

    private List<KindFacts> started(String operationId) {
        if ("createCluster".equals(operationId)) {
            return List.of(kinds.get("provision"), kinds.get("recover"), kinds.get("register"));
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
        var problems = operation.getResponses().getAPIResponses();
        operation.getResponses().setAPIResponses(new LinkedHashMap<>());
        operation
                .getResponses()
                .addAPIResponse("200", answer("The plan, when previewed; nothing was changed.", "Plan"))
                .addAPIResponse(
                        "202",
                        answer("The operation that was accepted, or was before with the same key.", "Operation")
                                .addHeader("Location", ContractLimits.header("Location"))
                                .addHeader("Retry-After", ContractLimits.header("Retry-After")));
        problems.entrySet().stream()
                .filter(problem -> problem.getKey().compareTo("400") >= 0)
                .forEach(problem -> operation.getResponses().addAPIResponse(problem.getKey(), problem.getValue()));
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

    private static void components(Components components, Map<String, Trouble> problems) {
        // in one order, whatever the order of the map: the document is compared with the committed one
        new TreeMap<>(problems).forEach((status, trouble) -> {
            var response = OASFactory.createAPIResponse()
                    .description(trouble.text())
                    .content(content("application/problem+json", PROBLEM));
            if (RETRY_LATER.contains(status)) {
                response.addHeader("Retry-After", ContractLimits.header("Retry-After"));
            }
            components.addResponse(trouble.name(), ContractLimits.rated(response));
        });
    }

    private static void problems(Operation operation, Map<String, Trouble> problems) {
        new TreeMap<>(problems)
                .forEach((status, trouble) -> operation
                        .getResponses()
                        .addAPIResponse(
                                status,
                                OASFactory.createAPIResponse().ref("#/components/responses/" + trouble.name())));
    }
}
