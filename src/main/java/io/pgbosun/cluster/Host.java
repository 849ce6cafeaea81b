package io.pgbosun.cluster;

import io.pgbosun.host.SshLogin;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Where commands run: holds PostgreSQL's programs and data directories. */
@Schema(description = "Where commands run: holds PostgreSQL's programs and data directories.")
public record Host(
        String name,
        Driver driver,

        @Schema(description = "The directory below which clusters get their data directories.")
        String dataRoot,

        @Schema(description = "Where its servers listen, and where it is reached by SSH.")
        String address,

        @Schema(description = "Of SSH.") Integer sshPort,

        @Schema(description = "Who logs in by SSH, and whose the servers are.")
        String sshUser,

        @Schema(description = "The one key that the host may show by SSH.")
        String hostKey,

        @Schema(description = "From where users with a password may log in to its servers, and standbys may stream.")
        List<String> networks,

        @Schema(description = "Where PostgreSQL's programs are; the newest ones when it is not said.")
        String binDirectory,

        @Schema(
                description =
                        "The major version of PostgreSQL's programs there; by SSH as it was when the host was added.")
        Integer postgresVersion,

        Instant createTime) {
    /** The name of the service's own host, which is there always. */
    public static final String LOCAL = "local";

    /** Where the servers of a host without an address listen. */
    public static final String LOOPBACK = "127.0.0.1";

    /** How commands reach it. */
    @Schema(name = "HostDriver")
    public enum Driver {
        /** The machine that the service runs on. */
        LOCAL,
        /** Another machine, by SSH with the key of the service. */
        SSH
    }

    SshLogin login() {
        return new SshLogin(address, sshPort, sshUser, hostKey, binDirectory);
    }
}
