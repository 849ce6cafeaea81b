package io.pgbosun.host;

import java.nio.file.Path;

/** Where this service keeps files on their way to and from object storage; what is left there at a start is nobody's. */
public record Spool(Path root) {}
