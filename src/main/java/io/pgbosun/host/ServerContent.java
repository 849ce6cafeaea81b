package io.pgbosun.host;

import java.util.List;

/**
 * What is in a server, from far away.
 *
 * @param roles besides PostgreSQL's own
 */
public record ServerContent(List<DatabaseFacts> databases, List<InstalledExtension> extensions, List<String> roles) {}
