package io.pgbosun.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.UnknownFieldSet;
import io.pgbosun.Api;
import io.pgbosun.TestHome;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.store.Store;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A write takes the fields of its contract and no other: what an answer shows cannot be sent back to be set. */
@QuarkusTest
@WithTestResource(TestHome.class)
class MassAssignmentTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> TABLES = List.of(
            "token",
            "host",
            "repository",
            "cluster",
            "operation",
            "chat_user",
            "backup",
            "audit_entry",
            "schedule",
            "backup_policy",
            "pooler");

    private final Scoreboard board = Scoreboard.of("S2", "unknown and read-only fields on every write");

    @Inject
    Store store;

    private String stored() {
        var counts = new ArrayList<String>();
        TABLES.forEach(table -> counts.add(table + "="
                + store.one("select count(*) as n from " + table).orElseThrow().number("n")));
        return counts.toString();
    }

    @Test
    void a_field_that_a_write_does_not_take_is_refused_by_name_and_nothing_is_stored() throws IOException {
        var document = JSON.readTree(Api.admin().get("/q/openapi?format=json").asString());
        var token = Api.admin().token();
        var foreign = new TreeSet<String>(List.of("nosuch", "__proto__", "Name"));
        document.at("/components/schemas")
                .forEach(schema -> schema.path("properties").fieldNames().forEachRemaining(foreign::add));
        var before = stored();
        var tried = 0;
        for (var route : Routes.all()) {
            var schema = schema(document, route);
            if (schema == null || route.open()) {
                continue;
            }
            for (var name : foreign) {
                if (!schema.path("properties").has(name)) {
                    refused(route, token, name);
                    tried++;
                }
            }
        }
        assertTrue(tried > 1_000, tried + " fields were tried");
        assertEquals(before, stored());
        done(tried);
    }

    private static JsonNode schema(JsonNode document, Routes.Route route) {
        var schema = document.path("paths")
                .path(route.path())
                .path(route.method().toLowerCase(java.util.Locale.ROOT))
                .at("/requestBody/content/application~1json/schema");
        return schema.isMissingNode() ? null : resolved(document, schema);
    }

    private static JsonNode resolved(JsonNode document, JsonNode schema) {
        return schema.has("$ref") ? document.at(schema.get("$ref").asText().substring(1)) : schema;
    }

    private static void refused(Routes.Route route, String token, String name) throws IOException {
        var body = (ObjectNode) JSON.readTree(PermissionMatrixTest.body(route));
        body.put(name, "x");
        var answer = PermissionMatrixTest.call(route, token, body.toString());
        assertEquals(400, answer.statusCode(), route + " takes " + name + ": " + answer.asString());
        assertEquals(name, answer.jsonPath().getString("errors[0].field"), route + " " + answer.asString());
    }

    @Test
    void a_field_within_a_field_is_refused_too() throws IOException {
        var before = stored();
        var api = Api.admin();
        for (var body : List.of(
                "{'principal':'x','grants':[{'role':'VIEWER','permissions':['*']}]}",
                "{'principal':'x','grants':[{'role':'VIEWER','id':1}]}")) {
            assertEquals(400, api.post("/v1/tokens", body).statusCode());
        }
        for (var body : List.of(
                "{'name':'x','register':{'instances':[{'address':'127.0.0.1','port':1,'role':'PRIMARY'}],'username':'x'}}",
                "{'name':'x','provision':{'seed':{'orders':1,'nosuch':1}}}",
                "{'name':'x','provision':{'origin':'REGISTERED'}}")) {
            assertEquals(400, api.post("/v1/clusters", body).statusCode(), body);
        }
        assertEquals(before, stored());
        done(5);
    }

    @Test
    void a_field_that_a_message_does_not_have_is_refused_through_grpc_too() {
        var token = Api.admin().token();
        var before = stored();
        var channel = PermissionMatrixTest.channel();
        var tried = 0;
        try {
            for (var method : Services.methods()) {
                if (method.getName().matches("(Get|List|Find|Watch|Wait).*")) {
                    continue;
                }
                for (var message : withUnknown(PermissionMatrixTest.request(method))) {
                    assertEquals(
                            "INVALID_ARGUMENT is not known here",
                            PermissionMatrixTest.refusal(channel, method, token, message),
                            method.getFullName());
                    tried++;
                }
            }
        } finally {
            channel.shutdownNow();
        }
        assertTrue(tried > 30, tried + " messages were tried");
        assertEquals(before, stored());
        done(tried);
    }

    /** The message with a field too many, and with one in each message within. */
    private static List<DynamicMessage> withUnknown(DynamicMessage message) {
        var messages = new ArrayList<DynamicMessage>();
        messages.add(unknown(message));
        for (var field : message.getDescriptorForType().getFields()) {
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated() && !field.isMapField()) {
                var inner = DynamicMessage.getDefaultInstance(field.getMessageType());
                messages.add(message.toBuilder().setField(field, unknown(inner)).build());
            }
        }
        return messages;
    }

    private static DynamicMessage unknown(DynamicMessage message) {
        var field = UnknownFieldSet.Field.newBuilder()
                .addLengthDelimited(ByteString.copyFromUtf8("x"))
                .build();
        return message.toBuilder()
                .setUnknownFields(
                        UnknownFieldSet.newBuilder().addField(4711, field).build())
                .build();
    }

    private void done(int tried) {
        board.count(tried);
        board.passed(tried);
        board.show();
    }
}
