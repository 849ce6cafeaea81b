package io.pgbosun.cluster;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.pgbosun.host.SshLogin;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.InetAddress;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A new host; refused unless it answers, shows the expected key, and has PostgreSQL's programs. */
@Schema(description = "A new host; refused unless it answers, shows the expected key, and has PostgreSQL's programs.")
public record CreateHost(
        @NotNull @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        String name,

        @Schema(description = "How commands reach it; LOCAL when left out.")
        Host.Driver driver,

        @NotNull
        @Pattern(regexp = Names.PATH, message = Names.PATH_RULE)
        @Schema(description = "The directory below which clusters get their data directories.")
        String dataRoot,

        @Pattern(regexp = Names.ADDRESS, message = Names.ADDRESS_RULE)
        @Schema(
                description =
                        "Where its servers listen, and where it is reached by SSH; 127.0.0.1 when left out, which nobody else can reach.")
        String address,

        @Min(1) @Max(65535) @Schema(description = "Of SSH; 22 when left out.")
        Integer sshPort,

        @Pattern(regexp = "[a-z_][a-z0-9_-]{0,31}", message = "must be the name of a login user")
        @Schema(description = "Who logs in by SSH, and whose the servers are; postgres when left out.")
        String sshUser,

        @Size(max = 2100)
        @Pattern(
                regexp = "(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{1,2000}={0,2}",
                message = "must be a public key as ssh-keyscan prints it, without the host's name: ssh-ed25519 AAAA...")
        @Schema(
                description =
                        "The one key that the host may show by SSH, as ssh-keyscan prints it without the host's name.")
        String hostKey,

        @Size(max = 20)
        @Schema(
                description =
                        "From where users with a password may log in to its servers, and standbys may stream (CIDR); may be left out where the address is a loopback one.")
        List<@NotNull @Pattern(regexp = NETWORK, message = "must be a network such as 10.0.0.0/24 or fd00::/64") String>
                networks,

        @Pattern(regexp = Names.PATH, message = Names.PATH_RULE)
        @Schema(
                description =
                        "Where PostgreSQL's programs are on a host that is reached by SSH; those of the newest version below /usr/lib/postgresql when left out.")
        String binDirectory) {
    private static final String NETWORK = "[0-9a-fA-F.:]{2,39}/[0-9]{1,3}";
    private static final String IPV4 = "[0-9]{1,3}(\\.[0-9]{1,3}){3}";
    private static final int SSH_PORT = 22;

    public CreateHost {
        driver = driver == null ? Host.Driver.LOCAL : driver;
        networks = networks == null ? List.of() : List.copyOf(networks);
        if (driver == Host.Driver.SSH) {
            sshPort = sshPort == null ? Integer.valueOf(SSH_PORT) : sshPort;
            sshUser = sshUser == null ? "postgres" : sshUser;
        } else {
            address = address == null ? Host.LOOPBACK : address;
        }
    }

    @AssertTrue(message = "networks: each must be a network such as 10.0.0.0/24 or fd00::/64")
    @JsonIgnore
    @Schema(hidden = true)
    public boolean isEachANetwork() {
        return networks.stream().allMatch(CreateHost::isNetwork);
    }

    /** What has not even the form is told of by its place in the list. */
    private static boolean isNetwork(String network) {
        if (network == null || !network.matches(NETWORK)) {
            return true;
        }
        var parts = network.split("/");
        try {
            var bits = InetAddress.ofLiteral(parts[0]).getAddress().length * Byte.SIZE;
            return (parts[0].contains(":") || parts[0].matches(IPV4)) && Integer.parseInt(parts[1]) <= bits;
        } catch (IllegalArgumentException notAnAddress) {
            return false;
        }
    }

    @AssertTrue(
            message =
                    "networks: name at least the one from which the service comes: a new server on the host lets in nobody else")
    @JsonIgnore
    @Schema(hidden = true)
    public boolean isServiceLetIn() {
        return address == null || isLoopback(address) || !networks.isEmpty();
    }

    private static boolean isLoopback(String address) {
        try {
            return address.equals("localhost") || InetAddress.ofLiteral(address).isLoopbackAddress();
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    SshLogin login() {
        return new SshLogin(address, sshPort, sshUser, hostKey, binDirectory);
    }

    @AssertTrue(message = "hostKey: is needed with the driver SSH, and so is address")
    @JsonIgnore
    @Schema(hidden = true)
    public boolean isLoginWhole() {
        return driver != Host.Driver.SSH || hostKey != null && address != null;
    }

    @AssertTrue(message = "driver: sshPort, sshUser, hostKey and binDirectory are for SSH")
    @JsonIgnore
    @Schema(hidden = true)
    public boolean isLoginWanted() {
        return driver == Host.Driver.SSH
                || sshPort == null && sshUser == null && hostKey == null && binDirectory == null;
    }
}
