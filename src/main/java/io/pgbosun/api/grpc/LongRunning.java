package io.pgbosun.api.grpc;

import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Struct;
import com.google.rpc.Status;
import io.pgbosun.operation.Catalogue;
import io.pgbosun.operation.OperationState;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.v1.BackupsProto;
import io.pgbosun.v1.ClustersProto;
import io.pgbosun.v1.FailoverProto;
import io.pgbosun.v1.MaintenanceProto;
import io.pgbosun.v1.OperationMetadata;
import io.pgbosun.v1.PatroniProto;
import io.pgbosun.v1.PoolerProto;
import io.pgbosun.v1.ReplicationProto;
import io.pgbosun.v1.WalProto;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Operations as {@code google.longrunning.Operation}, so that stock clients can wait for them. */
@Singleton
class LongRunning {
    private static final String COLLECTION = "operations/";
    private static final Map<String, Descriptor> MESSAGES = Stream.of(
                    ClustersProto.getDescriptor(),
                    BackupsProto.getDescriptor(),
                    FailoverProto.getDescriptor(),
                    MaintenanceProto.getDescriptor(),
                    PatroniProto.getDescriptor(),
                    ReplicationProto.getDescriptor(),
                    PoolerProto.getDescriptor(),
                    WalProto.getDescriptor())
            .flatMap(file -> file.getMessageTypes().stream())
            .collect(Collectors.toMap(Descriptor::getName, Function.identity()));

    private final Catalogue catalogue;
    private final RecordMessages messages;

    LongRunning(Catalogue catalogue, RecordMessages messages) {
        this.catalogue = catalogue;
        this.messages = messages;
    }

    static String id(String name) {
        return name.startsWith(COLLECTION) ? name.substring(COLLECTION.length()) : name;
    }

    OperationMetadata metadata(io.pgbosun.operation.Operation operation) {
        return messages.message(operation, OperationMetadata.getDefaultInstance());
    }

    Operation of(io.pgbosun.operation.Operation operation) {
        var answer = Operation.newBuilder()
                .setName(COLLECTION + operation.id())
                .setMetadata(Any.pack(metadata(operation)))
                .setDone(operation.done());
        if (operation.state() == OperationState.SUCCEEDED) {
            answer.setResponse(response(operation));
        } else if (operation.done()) {
            answer.setError(error(operation));
        }
        return answer.build();
    }

    private Any response(io.pgbosun.operation.Operation operation) {
        var result = operation.result();
        if (result == null) {
            return Any.pack(Struct.getDefaultInstance()); // a person said that it succeeded
        }
        var name = catalogue.named(operation.kind()).result().getSimpleName();
        var type = Optional.ofNullable(MESSAGES.get(name))
                .orElseThrow(() -> new IllegalStateException("no message " + name));
        return Any.pack(ProtoJson.fromJson(result, DynamicMessage.getDefaultInstance(type)));
    }

    private static Status error(io.pgbosun.operation.Operation operation) {
        if (operation.problem() != null && operation.state() == OperationState.FAILED) {
            return Statuses.status(operation.problem());
        }
        var code = operation.state() == OperationState.CANCELLED
                ? ProblemType.CANCELLED.grpcCode
                : ProblemType.BUSY.grpcCode;
        var why = operation.stateReason().isEmpty() ? "" : ": " + operation.stateReason();
        return Status.newBuilder()
                .setCode(code)
                .setMessage(operation.state() + why)
                .build();
    }
}
