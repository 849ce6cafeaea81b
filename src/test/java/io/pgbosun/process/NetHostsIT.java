package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** R9 on hosts in network namespaces: {@link NetHosts}, run within a user namespace in which its user may make networks. */
class NetHostsIT {
    private static final List<String> NAMESPACE =
            List.of("unshare", "--user", "--map-current-user", "--keep-caps", "--net");

    @Test
    void a_partition_leads_to_no_second_primary() throws IOException, InterruptedException {
        assumeTrue(
                run("ip", "link", "add", "br0", "type", "bridge") == 0,
                "network namespaces cannot be made by this user, or iproute2 is not installed");
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var java = System.getProperty("java.home") + "/bin/java";
        assertEquals(0, run(java, "-XX:TieredStopAtLevel=1", "-cp", classPath, NetHosts.class.getName()));
    }

    private static int run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Stream.concat(NAMESPACE.stream(), Stream.of(command)).toList())
                .redirectErrorStream(true)
                .start();
        process.getInputStream().transferTo(System.out);
        return process.waitFor();
    }
}
