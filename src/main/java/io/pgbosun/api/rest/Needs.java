package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says in the OpenAPI document which permission a call needs. The feature behind the call enforces it for every door; a
 * test holds the two together.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Needs {
    Permission value();
}
