package io.pgbosun.backup;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Labels;
import io.pgbosun.cluster.Names;
import io.pgbosun.host.RecoveryTarget;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import io.pgbosun.secret.Secret;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Makes a new cluster of a physical backup, as it was at a point in time; what it was made of stays as it is. */
@Schema(
        description =
                "Makes a new cluster of a physical backup, as it was at a point in time; what it was made of stays as it is.")
@OperationKind(
        name = "recover",
        summary =
                "Makes a new cluster of a physical backup, as it was at a point in time; what it was made of stays as it is.",
        permission = Permission.CLUSTER_CREATE,
        risk = Risk.MEDIUM,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 24 * 60,
        createsTarget = true,
        checkedOnAccept = true)
public record Recover(
        @NotNull
        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(description = "The cluster that was backed up.")
        String source,

        @Schema(
                description =
                        "Which backup to begin with; the newest one from which the point is reached when left out.")
        UUID backup,

        @Valid @Schema(description = "Up to where; all the WAL that is there when left out.")
        PointInTime to,

        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(description = "Where the new cluster goes; the host 'local' when left out.")
        String host,

        @Min(1024) @Max(65535) @Schema(description = "Its port; a free one is found when left out.")
        Integer port,

        @Pattern(regexp = Names.PATH, message = Names.PATH_RULE)
        @Schema(
                description =
                        "The directory for its data directory; below the host's data root when left out. Nothing that is there is touched.")
        String dataDirectory,

        @Labels Map<String, String> labels,

        @Size(max = 100)
        @Schema(
                description =
                        "What must have succeeded before anybody else may log in, such as masking; may be run again when a service dies in it.")
        List<@Valid @NotNull Script> scripts,

        @Pattern(regexp = Names.IDENTIFIER, message = Names.IDENTIFIER_RULE)
        @Schema(description = "A superuser of the backup; the login of the cluster that was backed up when left out.")
        String username,

        @Schema(
                description =
                        "The password that this user had then; that of the cluster's login when left out. Sealed at rest, never shown.",
                implementation = String.class,
                format = "password",
                maxLength = 1000,
                writeOnly = true)
        Secret password)
        implements OperationSpec {

    public Recover {
        host = host == null ? "local" : host;
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        scripts = scripts == null ? List.of() : List.copyOf(scripts);
    }

    /** Statements for one of the new cluster's databases. */
    @Schema(name = "RecoverScript", description = "Statements for one of the new cluster's databases.")
    public record Script(
            @NotNull @Pattern(regexp = Names.IDENTIFIER, message = Names.IDENTIFIER_RULE)
            String database,

            @NotNull @Size(min = 1, max = 100_000) @Schema(description = "Separated by semicolons.")
            String sql) {}

    /** Up to where WAL is replayed: one of the fields, or none for all there is. */
    @Schema(
            description =
                    "Up to where WAL is replayed: one of time, lsn, xid, name or immediate; all there is when none is given.")
    public record PointInTime(
            @Schema(description = "With its offset, such as 2026-11-26T03:00:00+01:00.")
            Instant time,

            @Pattern(regexp = "[0-9A-Fa-f]{1,8}[/][0-9A-Fa-f]{1,8}", message = "must be an LSN such as 0/16B3748")
            @Schema(description = "A position in the WAL.")
            String lsn,

            @Pattern(regexp = "[1-9][0-9]{0,9}", message = "must be a transaction id")
            @Schema(description = "A transaction id.")
            String xid,

            @Pattern(
                    regexp = "[^\\x00-\\x1F\\x7F]{1,63}",
                    message = "must be 1 to 63 characters without control characters")
            @Schema(description = "A restore point.")
            String name,

            @Schema(description = "As soon as the data are consistent: the end of the backup.")
            Boolean immediate,

            @Schema(description = "Whether what is at the point is replayed too; true when left out.")
            Boolean inclusive,

            @Min(1) @Schema(description = "Which timeline to follow; the latest one when left out.")
            Integer timeline) {
        private static final DateTimeFormatter AS_TIMESTAMPTZ =
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSxxx").withZone(ZoneOffset.UTC);

        public PointInTime {
            immediate = immediate != null && immediate;
            inclusive = inclusive == null || inclusive;
        }

        @AssertTrue(message = "time: must be the only one of time, lsn, xid, name and immediate")
        @Schema(hidden = true)
        @JsonIgnore
        public boolean isPointSingle() {
            var given = 0;
            for (var field : new Object[] {time, lsn, xid, name, immediate ? "" : null}) {
                given += field == null ? 0 : 1;
            }
            return given <= 1;
        }

        RecoveryTarget target() {
            if (immediate) {
                return RecoveryTarget.IMMEDIATE;
            }
            if (time != null) {
                return new RecoveryTarget(RecoveryTarget.Type.TIME, AS_TIMESTAMPTZ.format(time), inclusive, timeline);
            }
            if (lsn != null) {
                return new RecoveryTarget(RecoveryTarget.Type.LSN, lsn, inclusive, timeline);
            }
            if (xid != null) {
                return new RecoveryTarget(RecoveryTarget.Type.XID, xid, inclusive, timeline);
            }
            return name != null
                    ? new RecoveryTarget(RecoveryTarget.Type.NAME, name, inclusive, timeline)
                    : new RecoveryTarget(RecoveryTarget.Type.LATEST, null, inclusive, timeline);
        }
    }

    @Override
    public Map<String, String> newTargetLabels() {
        return labels;
    }

    RecoveryTarget target() {
        return to == null ? new RecoveryTarget(RecoveryTarget.Type.LATEST, null, true, null) : to.target();
    }

    /** What was made. */
    @Schema(description = "The cluster that was made.")
    public record RecoverResult(
            String cluster,
            String instance,
            int port,
            UUID backup,

            @Schema(description = "The timeline that began with the end of recovery.")
            int timeline,

            @Schema(description = "Where the WAL of the new timeline begins.")
            String lsn,

            @Schema(description = "The last commit that was replayed; null when none was.")
            Instant lastCommitTime) {}
}
