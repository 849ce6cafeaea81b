package io.pgbosun.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.pgbosun.Api;
import io.pgbosun.Golden;
import io.pgbosun.TestHome;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.store.Store;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** Calls every endpoint of both surfaces as everybody, and holds the outcome against the golden matrix. */
@QuarkusTest
@WithTestResource(TestHome.class)
class PermissionMatrixTest {
    private static final String ID = "01939c2e-5b7c-7d42-a7b0-3d5c2f1e8a90";
    /** Bodies that are valid, so that nothing but the permission can refuse them. */
    private static final Map<String, String> BODIES = Map.ofEntries(
            Map.entry("createToken", "{\"principal\":\"x\",\"grants\":[{\"role\":\"VIEWER\"}]}"),
            Map.entry("createHost", "{\"name\":\"local\",\"dataRoot\":\"/nowhere\"}"),
            Map.entry("createRepository", "{\"name\":\"default\",\"type\":\"FILESYSTEM\",\"path\":\"/nowhere\"}"),
            Map.entry(
                    "createCluster",
                    "{\"name\":\"nosuch\",\"register\":{\"instances\":[{\"address\":\"127.0.0.1\",\"port\":1}],\"username\":\"x\"}}"),
            Map.entry("labelDatabase", "{\"labels\":{}}"),
            Map.entry("approveOperation", "{\"planDigest\":\"x\"}"),
            Map.entry("resolveOperation", "{\"resolution\":\"RETRY\",\"evidence\":\"x\"}"),
            Map.entry("restore", "{\"backup\":\"" + ID + "\",\"database\":\"x\"}"),
            Map.entry("createChatUser", "{\"id\":\"U1\",\"principal\":\"x\",\"grants\":[{\"role\":\"VIEWER\"}]}"),
            Map.entry("holdBackup", "{\"reason\":\"x\"}"),
            Map.entry("configureReplication", "{\"synchronousStandbys\":0}"),
            Map.entry("controlPatroni", "{\"action\":\"PAUSE\"}"),
            Map.entry("configurePatroni", "{\"set\":{\"ttl\":\"30\"}}"),
            Map.entry("controlPooler", "{\"pooler\":\"x\",\"action\":\"RELOAD\"}"),
            Map.entry("applyPoolerConfig", "{\"pooler\":\"x\"}"),
            Map.entry(
                    "createPooler",
                    "{\"name\":\"x\",\"address\":\"127.0.0.1\",\"port\":1,\"username\":\"x\",\"databases\":[{\"name\":\"x\"}],\"configFile\":\"/nowhere/x\"}"),
            Map.entry("expire", "{\"policy\":\"nosuch\"}"),
            // refused when nothing else refuses it, so that the matrix leaves nothing behind
            Map.entry("createBackupPolicy", "{\"name\":\"x\",\"retention\":{\"keepLast\":1,\"zone\":\"Nowhere\"}}"),
            Map.entry(
                    "createSchedule",
                    "{\"name\":\"x\",\"kind\":\"no-op\",\"target\":\"clusters/nosuch\",\"cron\":\"* * * * *\"}"));

    @Inject
    Store store;

    @Test
    void the_matrix_is_that_of_the_golden_file() {
        var tokens = tokens();
        var lines = new TreeMap<String, List<String>>();
        Routes.all().stream()
                .filter(route -> !route.open())
                .forEach(route -> tokens.forEach((who, token) -> lines.computeIfAbsent(
                                "%-55s %s".formatted(route.path(), route.method()), line -> new ArrayList<>())
                        .add(who + "=" + rest(route, token))));
        var channel = channel();
        try {
            Services.methods()
                    .forEach(method -> tokens.forEach((who, token) -> lines.computeIfAbsent(
                                    "grpc " + method.getFullName(), line -> new ArrayList<>())
                            .add(who + "=" + grpc(channel, method, token))));
        } finally {
            channel.shutdownNow();
        }
        var text = new StringBuilder();
        lines.forEach((line, outcomes) -> text.append("%-64s %s%n".formatted(line, String.join(" ", outcomes))));
        Golden.check("permissions.txt", text.toString());
        var board = Scoreboard.of("S1", "every endpoint as everybody, equal to the golden matrix");
        board.count(lines.size() * tokens.size());
        board.passed(lines.size() * tokens.size());
        board.show();
    }

    @Test
    void a_token_that_has_expired_or_was_changed_opens_nothing() {
        var admin = Api.admin();
        var expired = admin.makeToken("expired", "ADMIN", "{}");
        store.update(
                "update token set expires_at = now() - interval '1 second' where id = $1",
                UUID.fromString(expired.substring(4, 40)));
        var whole = admin.makeToken("changed", "ADMIN", "{}");
        var tokens =
                List.of(expired, whole.substring(0, whole.length() - 1), whole + "x", whole.substring(4), "x", "pgb__");
        var channel = channel();
        var tried = 0;
        try {
            for (var token : tokens) {
                for (var route :
                        Routes.all().stream().filter(route -> !route.open()).toList()) {
                    tried++;
                    assertEquals("unauthenticated", rest(route, token), route.toString());
                }
                for (var method : Services.methods()) {
                    tried++;
                    assertEquals("unauthenticated", grpc(channel, method, token), method.getFullName());
                }
            }
        } finally {
            channel.shutdownNow();
        }
        var board = Scoreboard.of("S1", "tokens that are not valid now, at every endpoint");
        board.count(tried);
        board.passed(tried);
        board.show();
    }

    @Test
    void what_the_document_says_is_needed_is_what_refuses() {
        var viewer = Api.with(Api.admin().makeToken("viewer2", "VIEWER", "{}"));
        Routes.all().stream().filter(route -> !route.open()).forEach(route -> {
            var response = call(route, viewer.token());
            if (response.statusCode() == 403) {
                assertEquals(route.permission(), response.jsonPath().getString("facts.permission"), route.toString());
            }
        });
    }

    private static Map<String, String> tokens() {
        var admin = Api.admin();
        var tokens = new LinkedHashMap<String, String>();
        tokens.put("nobody", "");
        tokens.put("stranger", "pgb_" + UUID.randomUUID() + "_x");
        tokens.put("revoked", revoked(admin));
        tokens.put("viewer", admin.makeToken("viewer", "VIEWER", "{}"));
        tokens.put("operator", admin.makeToken("operator", "OPERATOR", "{}"));
        tokens.put("admin", admin.makeToken("another-admin", "ADMIN", "{}"));
        tokens.put("elsewhere", admin.makeToken("elsewhere", "ADMIN", "{'env':'elsewhere'}"));
        return tokens;
    }

    private static String revoked(Api admin) {
        var token = admin.makeToken("revoked", "ADMIN", "{}");
        var id = token.substring(4, 40);
        admin.post("/v1/tokens/" + id + "/revoke", "{}").then().statusCode(200);
        return token;
    }

    private static String rest(Routes.Route route, String token) {
        var status = call(route, token).statusCode();
        return status == 401 ? "unauthenticated" : status == 403 ? "denied" : "allowed";
    }

    static String body(Routes.Route route) {
        return BODIES.getOrDefault(route.operationId(), "{}");
    }

    private static io.restassured.response.Response call(Routes.Route route, String token) {
        return call(route, token, route.method().equals("GET") || route.method().equals("DELETE") ? null : body(route));
    }

    static io.restassured.response.Response call(Routes.Route route, String token, String body) {
        var path = route.path()
                .replace("{cluster}", "nosuch")
                .replace("{host}", "nosuch")
                .replace("{repository}", "nosuch")
                .replace("{database}", "nosuch")
                .replace("{policy}", "nosuch")
                .replace("{pooler}", "nosuch")
                .replace("{schedule}", "nosuch")
                .replaceAll("\\{\\w+}", ID);
        var request = RestAssured.given()
                .baseUri(ConfigProvider.getConfig().getValue("test.url", String.class))
                .header("Authorization", "Bearer " + token)
                .contentType("application/json");
        if (body != null) {
            request.body(body);
        }
        return request.request(route.method(), path);
    }

    static ManagedChannel channel() {
        var url = URI.create(ConfigProvider.getConfig().getValue("test.url", String.class));
        return NettyChannelBuilder.forAddress(url.getHost(), url.getPort())
                .usePlaintext()
                .build();
    }

    private static String grpc(ManagedChannel channel, MethodDescriptor method, String token) {
        try {
            send(channel, method, token, request(method));
            return "allowed";
        } catch (StatusRuntimeException e) {
            return switch (e.getStatus().getCode()) {
                case UNAUTHENTICATED -> "unauthenticated";
                case PERMISSION_DENIED -> "denied";
                case DEADLINE_EXCEEDED, UNKNOWN, INTERNAL, UNIMPLEMENTED ->
                    throw new AssertionError(method.getFullName(), e);
                default -> "allowed";
            };
        }
    }

    /** The code with which a message is refused, and the rule that its field breaks. */
    static String refusal(ManagedChannel channel, MethodDescriptor method, String token, DynamicMessage message) {
        try {
            send(channel, method, token, message);
            return "taken";
        } catch (StatusRuntimeException e) {
            var rule = String.valueOf(e.getStatus().getDescription())
                    .replaceFirst(".*: ", "")
                    .replaceFirst("\\.$", "");
            return e.getStatus().getCode() + " " + rule;
        }
    }

    private static void send(ManagedChannel channel, MethodDescriptor method, String token, DynamicMessage message) {
        var headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        var call = io.grpc.MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
                .setType(
                        method.isServerStreaming()
                                ? io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING
                                : io.grpc.MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method.getService().getFullName() + "/" + method.getName())
                .setRequestMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())))
                .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getOutputType())))
                .build();
        ClientCalls.blockingServerStreamingCall(
                        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                        call,
                        CallOptions.DEFAULT.withDeadlineAfter(Duration.ofSeconds(20)),
                        message)
                .forEachRemaining(answer -> {});
    }

    /** Names that are well formed and of nothing. */
    static DynamicMessage request(MethodDescriptor method) {
        var request = DynamicMessage.newBuilder(method.getInputType());
        for (var field : method.getInputType().getFields()) {
            switch (field.getName()) {
                case "cluster", "repository", "host", "policy", "pooler", "schedule" ->
                    setText(request, field, "nosuch");
                case "backup", "token" -> setText(request, field, ID);
                case "name" -> setText(request, field, "operations/" + ID);
                default -> {
                    // left out
                }
            }
        }
        return fill(method, request).build();
    }

    private static DynamicMessage.Builder fill(MethodDescriptor method, DynamicMessage.Builder request) {
        var body = switch (method.getName()) {
            case "CreateToken" ->
                io.pgbosun.v1.CreateTokenRequest.newBuilder()
                        .setToken(io.pgbosun.v1.CreateToken.newBuilder()
                                .setPrincipal("x")
                                .addGrants(io.pgbosun.v1.Grant.newBuilder().setRole(io.pgbosun.v1.Role.ROLE_VIEWER)))
                        .build();
            case "CreateHost" ->
                io.pgbosun.v1.CreateHostRequest.newBuilder()
                        .setHost(io.pgbosun.v1.CreateHost.newBuilder()
                                .setName("local")
                                .setDataRoot("/nowhere"))
                        .build();
            case "CreateRepository" ->
                io.pgbosun.v1.CreateRepositoryRequest.newBuilder()
                        .setRepository(io.pgbosun.v1.CreateRepository.newBuilder()
                                .setName("default")
                                .setType(io.pgbosun.v1.RepositoryType.REPOSITORY_TYPE_FILESYSTEM)
                                .setPath("/nowhere"))
                        .build();
            case "HoldBackup" ->
                io.pgbosun.v1.HoldBackupRequest.newBuilder()
                        .setHold(io.pgbosun.v1.HoldBackup.newBuilder().setReason("x"))
                        .build();
            case "CreatePooler" ->
                io.pgbosun.v1.CreatePoolerRequest.newBuilder()
                        .setPooler(io.pgbosun.v1.CreatePooler.newBuilder()
                                .setName("x")
                                .setAddress("127.0.0.1")
                                .setPort(1)
                                .setUsername("x")
                                .addDatabases(io.pgbosun.v1.PooledDatabase.newBuilder()
                                        .setName("x"))
                                .setConfigFile("/nowhere/x"))
                        .build();
            case "CreateBackupPolicy" ->
                io.pgbosun.v1.CreateBackupPolicyRequest.newBuilder()
                        .setPolicy(io.pgbosun.v1.CreateBackupPolicy.newBuilder()
                                .setName("x")
                                .setRetention(io.pgbosun.v1.RetentionRule.newBuilder()
                                        .setKeepLast(1)
                                        .setZone("Nowhere")))
                        .build();
            case "CreateSchedule" ->
                io.pgbosun.v1.CreateScheduleRequest.newBuilder()
                        .setSchedule(io.pgbosun.v1.CreateSchedule.newBuilder()
                                .setName("x")
                                .setKind("no-op")
                                .setTarget("clusters/nosuch")
                                .setCron("* * * * *"))
                        .build();
            case "Provision" ->
                io.pgbosun.v1.ProvisionRequest.newBuilder()
                        .setCluster("nosuch")
                        .setValidateOnly(true)
                        .setProvision(io.pgbosun.v1.Provision.newBuilder().setHost("nosuch"))
                        .build();
            default -> null;
        };
        return body == null ? request : request.mergeFrom(body);
    }

    private static void setText(DynamicMessage.Builder request, FieldDescriptor field, String text) {
        if (field.getJavaType() == FieldDescriptor.JavaType.STRING) {
            request.setField(field, text);
        }
    }
}
