package io.pgbosun.host;

import java.nio.file.Path;

/** Where this service keeps the configuration files and locks of pgBackRest. */
public record PgBackRestFolder(Path path) {}
