package io.pgbosun.process;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Messages of a gRPC contract by their descriptors: most nearly valid, the others broken in one way or another. */
final class GrpcFuzz {
    private static final int DEEPEST = 5;
    private static final List<Long> NUMBERS = List.of(
            0L, 1L, -1L, 50L, 501L, (long) Integer.MAX_VALUE, (long) Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE);

    private final List<MethodDescriptor> methods;
    private final Map<String, List<String>> known;

    GrpcFuzz(List<MethodDescriptor> methods, Map<String, List<String>> known) {
        this.methods = methods;
        this.known = known;
    }

    /**
     * One call.
     *
     * @param waits whether its answer may be a long time coming
     * @param refused whether it is so wrong that it must not be taken
     * @param below whether it is no call of the contract: the framework answers it
     */
    record Request(
            String method,
            boolean streams,
            boolean waits,
            byte[] message,
            String token,
            boolean refused,
            boolean below,
            String shown) {}

    Request request(int number, Random random) {
        var method = methods.get(number % methods.size());
        var hostility = List.of(0.0, 0.0, 0.05, 0.3, 1.0).get(random.nextInt(5));
        var message = message(method.getInputType(), random, hostility, 0);
        var bytes = message.toByteArray();
        var refused = false;
        var name = method.getService().getFullName() + "/" + method.getName();
        var broken = random.nextInt(40);
        var below = broken == 0 || broken >= 2 && broken <= 4;
        switch (broken) {
            case 0 -> {
                bytes = new byte[random.nextInt(200) + 1];
                random.nextBytes(bytes);
            }
            case 1 -> {
                bytes = withUnknown(message).toByteArray();
                refused = true;
            }
            case 2 -> bytes = nested(200).toByteArray();
            case 3 ->
                name = Hostile.one(
                        List.of(
                                "nosuch.Service/Get",
                                name + "X",
                                "/",
                                method.getService().getFullName() + "/"),
                        random);
            case 4 -> {
                bytes = new byte[(1 << 20) + 1 + random.nextInt(1000)];
                refused = true;
            }
            default -> {
                // as generated
            }
        }
        var token = random.nextInt(12) == 0
                ? Hostile.one(
                        List.of("", "x", "pgb__", "pgb_" + Hostile.IDS.getFirst() + "_x", "x".repeat(6000)), random)
                : Hostile.one(known.get("token!"), random);
        var waits = method.isServerStreaming() || method.getName().startsWith("Wait");
        return new Request(name, method.isServerStreaming(), waits, bytes, token, refused, below, name + " " + message);
    }

    private static DynamicMessage withUnknown(DynamicMessage message) {
        return message.toBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                4711,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFromUtf8("x"))
                                        .build())
                        .build())
                .build();
    }

    /** A field within a field within a field. */
    private static UnknownFieldSet nested(int depth) {
        var inner = UnknownFieldSet.getDefaultInstance();
        for (var i = 0; i < depth; i++) {
            inner = UnknownFieldSet.newBuilder()
                    .addField(
                            1,
                            UnknownFieldSet.Field.newBuilder()
                                    .addLengthDelimited(inner.toByteString())
                                    .build())
                    .build();
        }
        return inner;
    }

    private DynamicMessage message(Descriptor type, Random random, double hostility, int depth) {
        var message = DynamicMessage.newBuilder(type);
        if (type.getFullName().equals("google.protobuf.Duration")) {
            // no longer waits: the time is for requests
            return message.setField(
                            type.findFieldByName("seconds"), random.nextDouble() < hostility ? Long.MIN_VALUE : 0L)
                    .build();
        }
        for (var field : type.getFields()) {
            var wanted = depth == 0 ? random.nextDouble() < 0.85 : random.nextInt(2) == 0;
            if (wanted && depth < DEEPEST) {
                fill(message, field, random, hostility, depth);
            }
        }
        return message.build();
    }

    private void fill(
            DynamicMessage.Builder message, FieldDescriptor field, Random random, double hostility, int depth) {
        if (!field.isRepeated()) {
            message.setField(field, value(field, random, hostility, depth));
            return;
        }
        var count = random.nextDouble() < hostility / 4 ? 150 : random.nextInt(3);
        for (var i = 0; i < count; i++) {
            message.addRepeatedField(field, value(field, random, hostility, depth));
        }
    }

    private Object value(FieldDescriptor field, Random random, double hostility, int depth) {
        var hostile = random.nextDouble() < hostility;
        return switch (field.getJavaType()) {
            case STRING -> text(field, random, hostile);
            case INT -> (int) number(random, hostile);
            case LONG -> number(random, hostile);
            case BOOLEAN -> random.nextBoolean();
            case DOUBLE -> hostile ? Double.NaN : random.nextDouble();
            case FLOAT -> hostile ? Float.NaN : random.nextFloat();
            case ENUM ->
                hostile
                        ? field.getEnumType().findValueByNumberCreatingIfUnknown(4711)
                        : Hostile.one(field.getEnumType().getValues(), random);
            case MESSAGE -> message(field.getMessageType(), random, hostility, depth + 1);
            case BYTE_STRING -> ByteString.copyFromUtf8("\0");
        };
    }

    private static long number(Random random, boolean hostile) {
        return hostile ? Hostile.one(NUMBERS, random) : random.nextInt(4);
    }

    private String text(FieldDescriptor field, Random random, boolean hostile) {
        if (hostile) {
            // a lone half of a pair is no text of protobuf
            return Hostile.one(Hostile.TEXTS, random).replaceAll("[\\uD800-\\uDFFF]", "?");
        }
        return switch (field.getName()) {
            case "name" -> "operations/" + Hostile.one(known.get("operation"), random);
            case "page_token" -> Hostile.one(known.get("pageToken!"), random);
            case "etag" -> Hostile.one(known.get("etag!"), random);
            default -> {
                var values = known.get(field.getJsonName());
                yield values != null ? Hostile.one(values, random) : "a" + Integer.toString(random.nextInt(1000), 36);
            }
        };
    }
}
