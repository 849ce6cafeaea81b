package io.pgbosun.contract;

import com.google.longrunning.OperationsProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import io.pgbosun.v1.AccessProto;
import io.pgbosun.v1.BackupPoliciesProto;
import io.pgbosun.v1.BackupsProto;
import io.pgbosun.v1.ClustersProto;
import io.pgbosun.v1.CommonProto;
import io.pgbosun.v1.DiagnosisProto;
import io.pgbosun.v1.FailoverProto;
import io.pgbosun.v1.HostsProto;
import io.pgbosun.v1.MaintenanceProto;
import io.pgbosun.v1.PatroniProto;
import io.pgbosun.v1.PoolerProto;
import io.pgbosun.v1.ReplicationProto;
import io.pgbosun.v1.SchedulesProto;
import io.pgbosun.v1.WalProto;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** What the protobuf files say there is. */
public final class Services {
    private static final List<FileDescriptor> FILES = List.of(
            AccessProto.getDescriptor(),
            BackupPoliciesProto.getDescriptor(),
            BackupsProto.getDescriptor(),
            ClustersProto.getDescriptor(),
            CommonProto.getDescriptor(),
            DiagnosisProto.getDescriptor(),
            HostsProto.getDescriptor(),
            FailoverProto.getDescriptor(),
            MaintenanceProto.getDescriptor(),
            PatroniProto.getDescriptor(),
            ReplicationProto.getDescriptor(),
            PoolerProto.getDescriptor(),
            WalProto.getDescriptor(),
            io.pgbosun.v1.OperationsProto.getDescriptor(),
            SchedulesProto.getDescriptor(),
            OperationsProto.getDescriptor());

    private Services() {}

    public static List<MethodDescriptor> methods() {
        return FILES.stream()
                .flatMap(file -> file.getServices().stream())
                .flatMap(service -> service.getMethods().stream())
                .toList();
    }

    public static Descriptor message(String name) {
        return FILES.stream()
                .map(file -> file.findMessageTypeByName(name))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    static EnumDescriptor enumeration(String name) {
        return FILES.stream()
                .map(file -> file.findEnumTypeByName(name))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** The values without the type's name before them, and without UNSPECIFIED. */
    static Set<String> values(EnumDescriptor type) {
        var prefix = type.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT) + "_";
        return type.getValues().stream()
                .map(EnumValueDescriptor::getName)
                .map(name -> name.substring(prefix.length()))
                .filter(name -> !name.equals("UNSPECIFIED"))
                .collect(Collectors.toSet());
    }
}
