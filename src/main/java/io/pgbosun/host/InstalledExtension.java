package io.pgbosun.host;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An extension that is installed in a database. */
@Schema(description = "An extension that is installed in a database.")
public record InstalledExtension(String database, String name, String version) {}
