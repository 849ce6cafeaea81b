package io.pgbosun.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.pgbosun.Api;
import io.pgbosun.Golden;
import io.pgbosun.TestHome;
import io.pgbosun.operation.Catalogue;
import io.pgbosun.operation.OperationState;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.v1.OperationsProto;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The catalogue, the REST surface and the gRPC surface say the same. */
@QuarkusTest
@WithTestResource(TestHome.class)
class SurfaceTest {
    @Inject
    Catalogue catalogue;

    @Test
    void the_routes_are_those_of_the_golden_file() {
        var lines = new TreeSet<String>();
        Routes.all()
                .forEach(route -> lines.add("%-55s %-7s %-22s %s"
                        .formatted(route.path(), route.method(), route.permission(), String.join(",", route.kinds()))
                        .stripTrailing()));
        Services.methods().forEach(method -> lines.add("grpc " + method.getFullName()));
        Golden.check("surface.txt", String.join("\n", lines) + "\n");
    }

    @Test
    void the_problem_types_are_those_of_the_golden_file() {
        var lines = Arrays.stream(ProblemType.values())
                .map(type -> "%-18s %d %2d %-6s %-8s %s"
                        .formatted(type.slug(), type.httpStatus, type.grpcCode, type.retry, type.actor, type.title))
                .collect(Collectors.joining("\n"));
        Golden.check("problems.txt", lines + "\n");
    }

    @Test
    void every_kind_has_a_rest_route_a_grpc_method_and_messages() {
        var routed =
                Routes.all().stream().flatMap(route -> route.kinds().stream()).collect(Collectors.toSet());
        for (var kind : catalogue.kinds()) {
            assertTrue(routed.contains(kind.name()), "no REST route starts " + kind.name());
            var spec = Services.message(kind.spec().getSimpleName());
            assertNotNull(spec, "no message " + kind.spec().getSimpleName());
            var carried = Services.methods().stream()
                    .anyMatch(method -> method.getInputType().getFields().stream()
                            .anyMatch(field -> field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                                    && field.getMessageType() == spec));
            assertTrue(carried, "no gRPC method starts " + kind.name());
            assertNotNull(
                    Services.message(kind.result().getSimpleName()),
                    "no message " + kind.result().getSimpleName());
        }
        assertEquals(catalogue.kinds().size(), routed.size());
    }

    @Test
    void records_and_messages_have_the_same_fields_and_values() {
        var differences = new ArrayList<String>();
        var seen = new HashSet<Class<?>>();
        for (var kind : catalogue.kinds()) {
            compare(kind.spec(), Services.message(kind.spec().getSimpleName()), differences, seen);
            compare(kind.result(), Services.message(kind.result().getSimpleName()), differences, seen);
        }
        compare(io.pgbosun.operation.Operation.class, Services.message("OperationMetadata"), differences, seen);
        compare(io.pgbosun.operation.OperationEvent.class, Services.message("OperationEvent"), differences, seen);
        compare(io.pgbosun.operation.Plan.class, Services.message("Plan"), differences, seen);
        compare(io.pgbosun.cluster.Cluster.class, Services.message("Cluster"), differences, seen);
        compare(io.pgbosun.cluster.Instance.class, Services.message("Instance"), differences, seen);
        compare(io.pgbosun.cluster.Database.class, Services.message("Database"), differences, seen);
        compare(io.pgbosun.cluster.Host.class, Services.message("Host"), differences, seen);
        compare(io.pgbosun.backup.Backup.class, Services.message("Backup"), differences, seen);
        compare(io.pgbosun.backup.Repository.class, Services.message("Repository"), differences, seen);
        compare(io.pgbosun.backup.ArchiveStatus.class, Services.message("ArchiveStatus"), differences, seen);
        compare(
                io.pgbosun.backup.ClusterRecoverability.class,
                Services.message("ClusterRecoverability"),
                differences,
                seen);
        compare(io.pgbosun.token.CreateToken.class, Services.message("CreateToken"), differences, seen);
        compare(io.pgbosun.token.CreatedToken.class, Services.message("CreatedToken"), differences, seen);
        compare(io.pgbosun.audit.AuditEntry.class, Services.message("AuditEntry"), differences, seen);
        compare(io.pgbosun.backup.CreateBackupPolicy.class, Services.message("CreateBackupPolicy"), differences, seen);
        compare(io.pgbosun.backup.BackupPolicy.class, Services.message("BackupPolicy"), differences, seen);
        compare(io.pgbosun.backup.RetentionPreview.class, Services.message("RetentionPreview"), differences, seen);
        compare(io.pgbosun.schedule.CreateSchedule.class, Services.message("CreateSchedule"), differences, seen);
        compare(io.pgbosun.schedule.UpdateSchedule.class, Services.message("UpdateSchedule"), differences, seen);
        compare(io.pgbosun.schedule.Schedule.class, Services.message("Schedule"), differences, seen);
        compare(io.pgbosun.pooler.CreatePooler.class, Services.message("CreatePooler"), differences, seen);
        compare(io.pgbosun.patroni.PatroniStatus.class, Services.message("PatroniStatus"), differences, seen);
        compare(io.pgbosun.replication.Replication.class, Services.message("Replication"), differences, seen);
        compare(io.pgbosun.pooler.Pooler.class, Services.message("Pooler"), differences, seen);
        compare(io.pgbosun.pooler.PoolerConfig.class, Services.message("PoolerConfig"), differences, seen);
        compare(io.pgbosun.host.PoolerPool.class, Services.message("PoolerPool"), differences, seen);
        compare(io.pgbosun.host.PoolerSocket.class, Services.message("PoolerSocket"), differences, seen);
        compare(io.pgbosun.host.PoolerStats.class, Services.message("PoolerStats"), differences, seen);
        compare(io.pgbosun.doctor.Diagnosis.class, Services.message("Diagnosis"), differences, seen);
        assertEquals(List.of(), differences);
        assertTrue(seen.size() > 40, "compared only " + seen.size() + " types");
    }

    private static void compare(Class<?> record, Descriptor message, List<String> differences, Set<Class<?>> seen) {
        if (!seen.add(record)) {
            return;
        }
        var components = Arrays.stream(record.getRecordComponents())
                .collect(Collectors.toMap(RecordComponent::getName, RecordComponent::getGenericType));
        var fields =
                message.getFields().stream().collect(Collectors.toMap(FieldDescriptor::getJsonName, field -> field));
        if (!components.keySet().equals(fields.keySet())) {
            differences.add(record.getSimpleName() + " " + new TreeSet<>(components.keySet()) + " but "
                    + message.getName() + " " + new TreeSet<>(fields.keySet()));
            return;
        }
        components.forEach((name, type) ->
                compare(record.getSimpleName() + "." + name, element(type), fields.get(name), differences, seen));
    }

    private static Class<?> element(Type type) {
        var inner = type instanceof ParameterizedType list && list.getRawType() == List.class
                ? list.getActualTypeArguments()[0]
                : type;
        return inner instanceof ParameterizedType other ? (Class<?>) other.getRawType() : (Class<?>) inner;
    }

    private static void compare(
            String where, Class<?> type, FieldDescriptor field, List<String> differences, Set<Class<?>> seen) {
        if (type.isRecord()) {
            compare(type, field.getMessageType(), differences, seen);
        } else if (type.isEnum()) {
            compare(where, type, field, differences);
            seen.add(type);
        } else if (!fits(type, field)) {
            differences.add(where + " is " + type.getSimpleName() + " but " + field.getType());
        }
    }

    private static void compare(String where, Class<?> type, FieldDescriptor field, List<String> differences) {
        if (field.getJavaType() == FieldDescriptor.JavaType.STRING) {
            return; // an enumeration that may grow is shown as text
        }
        var constants =
                Arrays.stream(type.getEnumConstants()).map(String::valueOf).collect(Collectors.toSet());
        if (!constants.equals(Services.values(field.getEnumType()))) {
            differences.add(where + " " + constants + " but " + Services.values(field.getEnumType()));
        }
    }

    private static boolean fits(Class<?> type, FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case BOOLEAN -> type == Boolean.class || type == boolean.class;
            case INT -> type == Integer.class || type == int.class;
            case LONG -> type == Long.class || type == long.class;
            case DOUBLE -> type == Double.class || type == double.class;
            case STRING -> !type.isRecord() && !Number.class.isAssignableFrom(type);
            case MESSAGE ->
                type == java.time.Instant.class
                        || type == com.fasterxml.jackson.databind.JsonNode.class
                        || type == Map.class;
            case FLOAT, ENUM, BYTE_STRING -> false;
        };
    }

    @Test
    void the_states_are_closed_and_the_same_everywhere() {
        var states = Arrays.stream(OperationState.values()).map(Enum::name).collect(Collectors.toSet());
        EnumDescriptor proto = OperationsProto.getDescriptor().findEnumTypeByName("OperationState");
        assertEquals(states, Services.values(proto));
        List<String> documented =
                Api.admin().get("/q/openapi?format=json").jsonPath().getList("components.schemas.OperationState.enum");
        assertEquals(states, Set.copyOf(documented));
    }

    @Test
    void components_of_the_document_are_named_like_the_messages() {
        Map<String, Map<String, Object>> schemas =
                Api.admin().get("/q/openapi?format=json").jsonPath().getMap("components.schemas");
        var unnamed =
                schemas.keySet().stream().filter(name -> name.matches(".*\\d")).toList();
        assertEquals(List.of(), unnamed, "two types of one name");
        for (var schema : schemas.entrySet()) {
            var type = Services.enumeration(schema.getKey());
            if (type != null && schema.getValue().get("enum") instanceof List<?> constants) {
                assertEquals(Set.copyOf(constants), Set.copyOf(Services.values(type)), schema.getKey());
            }
        }
    }

    @Test
    void the_transitions_are_those_of_the_design() {
        var lines = Arrays.stream(OperationState.values())
                .map(state -> "%-17s %s".formatted(state, state.isFinal() ? "final" : state.next()))
                .collect(Collectors.joining("\n"));
        Golden.check("states.txt", lines.toUpperCase(Locale.ROOT) + "\n");
    }
}
