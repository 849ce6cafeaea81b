package io.pgbosun.cluster;

import java.nio.file.Path;

/** Where scratch instances are made; everything below it may be thrown away. */
public record Scratch(Path root) {}
