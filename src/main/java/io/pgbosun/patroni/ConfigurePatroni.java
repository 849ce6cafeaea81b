package io.pgbosun.patroni;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Changes the dynamic configuration of a cluster of Patroni, such as its ttl or parameters of PostgreSQL. */
@Schema(
        description =
                "Changes the dynamic configuration of a cluster of Patroni, such as its ttl or parameters of PostgreSQL.")
@OperationKind(
        name = "configure-patroni",
        summary =
                "Changes the dynamic configuration of a cluster of Patroni, such as its ttl or parameters of PostgreSQL.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.MEDIUM,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.SHARED,
        timeoutMinutes = 5,
        checkedOnAccept = true)
public record ConfigurePatroni(
        @Size(max = 200)
        @Schema(
                description =
                        "Settings by their path, such as ttl or postgresql.parameters.work_mem; what reads as a number or a truth value is set as one.")
        Map<
                        @Size(max = LONGEST_PATH) @Pattern(regexp = PATH, message = PATH_RULE) String,
                        @NotNull @Size(max = 10_000) String>
                set,

        @Size(max = 200) @Schema(description = "Paths of settings that are removed, so that Patroni's default holds.")
        List<@NotNull @Size(max = LONGEST_PATH) @Pattern(regexp = PATH, message = PATH_RULE) String> remove)
        implements OperationSpec {
    private static final int LONGEST_PATH = 320;
    private static final String PATH = "[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63}){0,4}";
    private static final String PATH_RULE = "must be names of letters, digits, _ and -, joined by dots";

    public ConfigurePatroni {
        set = set == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(set));
        remove = remove == null ? List.of() : List.copyOf(remove);
    }

    @AssertTrue(message = "set: must hold a setting, or remove must, and none of them twice or pause")
    @JsonIgnore
    @Schema(hidden = true)
    public boolean isOfUse() {
        return !(set.isEmpty() && remove.isEmpty())
                && remove.stream().noneMatch(set::containsKey)
                && !set.containsKey("pause")
                && !remove.contains("pause");
    }

    /** What was changed. */
    @Schema(description = "What was changed.")
    public record ConfigurePatroniResult(
            @Schema(description = "Paths of settings that have another value now.")
            List<String> changed) {}
}
