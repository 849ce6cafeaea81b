package io.pgbosun.operation;

import io.pgbosun.access.Permission;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Declares a kind of operation, on its spec. Everything the product knows of a kind is here and in the record. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface OperationKind {
    /** The kind's name, such as {@code vacuum}. */
    String name();

    /** One sentence saying what it does. */
    String summary();

    Permission permission();

    Risk risk();

    CancelEffect cancel();

    Lock lock();

    /** The collection of its targets. */
    String target() default "clusters";

    /** How long it may run. */
    int timeoutMinutes();

    /** Whether the target must not exist yet; its name is then part of the spec. */
    boolean createsTarget() default false;

    /** Whether checks that block refuse the call at once, before the operation is accepted. */
    boolean checkedOnAccept() default false;

    /** Whether the caller must say why. */
    boolean needsReason() default false;

    /** How the target is locked. */
    enum Lock {
        NONE,
        SHARED,
        EXCLUSIVE
    }
}
