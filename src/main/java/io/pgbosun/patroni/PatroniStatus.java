package io.pgbosun.patroni;

import io.pgbosun.host.PatroniHistory;
import io.pgbosun.host.PatroniMember;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What the Patroni of a cluster says just now. */
@Schema(description = "What the Patroni of a cluster says just now.")
public record PatroniStatus(
        @Schema(description = "The member that holds the leader key; null while nobody does.")
        String leader,

        @Schema(description = "Whether it is in maintenance mode, in which nobody fails over by itself.")
        boolean paused,

        List<PatroniMember> members,

        @Schema(description = "How each timeline ended, the newest first; at most 100.")
        List<PatroniHistory> history,

        @Schema(description = "The dynamic configuration, by path, such as postgresql.parameters.work_mem.")
        Map<String, String> settings) {}
