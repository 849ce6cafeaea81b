package io.pgbosun.access;

import static io.pgbosun.access.Role.ADMIN;
import static io.pgbosun.access.Role.OPERATOR;
import static io.pgbosun.access.Role.VIEWER;

import java.util.Locale;

/** A thing that may be allowed, and the least role that is allowed it. */
public enum Permission {
    HOST_READ(VIEWER),
    HOST_WRITE(ADMIN),
    CLUSTER_READ(VIEWER),
    CLUSTER_CREATE(ADMIN),
    CLUSTER_UPDATE(OPERATOR),
    CLUSTER_DELETE(ADMIN),
    CLUSTER_OPERATE(OPERATOR),
    REPOSITORY_READ(VIEWER),
    REPOSITORY_WRITE(ADMIN),
    BACKUP_READ(VIEWER),
    BACKUP_CREATE(OPERATOR),
    BACKUP_DELETE(ADMIN),
    POOLER_READ(VIEWER),
    POOLER_WRITE(ADMIN),
    RESTORE_CREATE(OPERATOR),
    DRILL_CREATE(OPERATOR),
    MAINTENANCE_CREATE(OPERATOR),
    BACKUP_POLICY_READ(VIEWER),
    BACKUP_POLICY_WRITE(ADMIN),
    SCHEDULE_READ(VIEWER),
    SCHEDULE_WRITE(OPERATOR),
    OPERATION_READ(VIEWER),
    OPERATION_CONTROL(OPERATOR),
    OPERATION_APPROVE(OPERATOR),
    OPERATION_RESOLVE(ADMIN),
    TOKEN_READ(ADMIN),
    TOKEN_WRITE(ADMIN),
    CHAT_USER_READ(ADMIN),
    CHAT_USER_WRITE(ADMIN),
    AUDIT_READ(ADMIN),
    DIAGNOSIS_READ(ADMIN);

    public final Role leastRole;

    Permission(Role leastRole) {
        this.leastRole = leastRole;
    }

    /** As written in answers and documents, such as {@code cluster:read}. */
    public String slug() {
        var name = name().toLowerCase(Locale.ROOT);
        var cut = name.lastIndexOf('_');
        return name.substring(0, cut).replace('_', '-') + ":" + name.substring(cut + 1);
    }
}
