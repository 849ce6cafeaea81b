package io.pgbosun.cluster;

import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A database of a cluster, as it was found just now, with the labels given to it. */
@Schema(description = "A database of a cluster, as it was found just now, with the labels given to it.")
public record Database(
        String cluster, String name, String owner, String encoding, long sizeBytes, Map<String, String> labels) {}
