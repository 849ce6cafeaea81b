package io.pgbosun.api.grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.pgbosun.problem.Problem;

/** What a message holds that cannot be read here: fields that are not known, times that are none. */
final class Unread {
    private Unread() {}

    /** The problem with a message, or null. */
    static Problem problem(Message message) {
        return problem(message, "");
    }

    private static Problem problem(Message message, String path) {
        if (!message.getUnknownFields().asMap().isEmpty()) {
            var number = message.getUnknownFields().asMap().keySet().iterator().next();
            return Problem.invalid(path + "field " + number, "is not known here", "Leave it out.");
        }
        if (message instanceof Timestamp time && !Timestamps.isValid(time)) {
            return Problem.invalid(
                    path.substring(0, Math.max(0, path.length() - 1)),
                    "must be a time of the years 1 to 9999",
                    "Change the value and send it again.");
        }
        for (var set : message.getAllFields().entrySet()) {
            var found = set.getKey().getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    ? below(set.getKey(), set.getValue(), path + set.getKey().getJsonName() + ".")
                    : null;
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static Problem below(FieldDescriptor field, Object value, String path) {
        if (!field.isRepeated()) {
            return problem((Message) value, path);
        }
        for (var item : (Iterable<?>) value) {
            var found = problem((Message) item, path);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
