package io.pgbosun.adapter;

import static io.pgbosun.adapter.Soon.problemOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.Patroni;
import io.pgbosun.host.PatroniApi;
import io.pgbosun.host.PatroniMember;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestPatroniTest {
    private static RealPatroni real;

    @BeforeAll
    static void start() {
        real = RealPatroni.start(RealPostgres.home(), RealPatroni.Shape.quick(3));
    }

    @AfterAll
    static void stop() {
        real.close();
        FileTree.remove(real.folder);
    }

    @BeforeEach
    void healthy() {
        real.nodes().stream().filter(node -> !node.isUp()).forEach(RealPatroniNode::start);
        real.awaitHealthy();
    }

    private static Patroni at(PatroniApi api) {
        return new RestPatronis().at(api);
    }

    private static URI dead() {
        return URI.create("http://127.0.0.1:" + new LocalPgPrograms().freePort());
    }

    private static String ask(RealPatroniNode node, String sql) {
        return JdbcSession.call(
                        node.endpoint(),
                        "postgres",
                        Limits.work(),
                        connection -> JdbcServer.rows(connection, sql, row -> row.getString(1)))
                .getFirst();
    }

    @Test
    void a_cluster_is_told_with_its_members() {
        var cluster = real.rest().cluster();
        var leader = cluster.leader().orElseThrow();
        var replica = real.member(real.replica().name);

        assertEquals(3, cluster.members().size());
        assertFalse(cluster.paused());
        assertEquals("leader", leader.role());
        assertNull(leader.lagBytes());
        assertEquals(real.node(leader.name()).url().toString(), leader.apiUrl());
        assertEquals(real.node(leader.name()).port, leader.port());
        assertEquals("127.0.0.1", leader.host());
        assertEquals("replica", replica.role());
        assertTrue(replica.runs());
        assertNotNull(replica.lagBytes());
        assertEquals(leader.timeline(), replica.timeline());
    }

    @Test
    void after_a_switchover_the_candidate_leads_and_the_history_tells_it() {
        var old = real.leader();
        var candidate = real.replica();
        var timeline = real.member(old.name).timeline();

        real.rest().switchover(old.name, candidate.name, () -> false);
        assertEquals(candidate, real.leader());
        assertTrue(old.log()
                .contains("switchover request with leader=%s candidate=%s".formatted(old.name, candidate.name)));

        Soon.until(
                "the history tells who leads",
                () -> real.rest().history().stream()
                        .anyMatch(change -> candidate.name.equals(change.newLeader())
                                && change.timeline() == timeline
                                && change.lsn().matches("\\p{XDigit}+/\\p{XDigit}+")
                                && change.time() != null
                                && change.reason() != null));
        var timelines =
                real.rest().history().stream().map(change -> change.timeline()).toList();
        assertEquals(timelines.stream().sorted().toList(), timelines);
    }

    @Test
    void a_failover_makes_the_candidate_lead() {
        var candidate = real.replica();
        real.rest().failover(candidate.name, () -> false);
        assertEquals(candidate, real.leader());
    }

    @Test
    void what_patroni_refuses_is_told_in_its_own_words() {
        var leader = real.leader().name;
        var replica = real.replica().name;

        var wrongLeader = problemOf(() -> real.rest().switchover(replica, leader, () -> false));
        assertEquals(ProblemType.NOT_POSSIBLE, wrongLeader.type());
        assertTrue(wrongLeader.detail().contains("leader name does not match"), wrongLeader.detail());

        var nobody = problemOf(() -> real.rest().failover("nobody", () -> false));
        assertEquals(ProblemType.NOT_POSSIBLE, nobody.type());
        assertTrue(nobody.detail().contains("candidate does not exists"), nobody.detail());

        var leading = problemOf(() -> real.rest().reinitialize(real.member(leader)));
        assertEquals(ProblemType.NOT_POSSIBLE, leading.type());
        assertTrue(leading.detail().contains("I am the leader"), leading.detail());

        // in HTML
        var empty = problemOf(() -> real.rest().patchConfig(Map.of()));
        assertEquals(ProblemType.NOT_POSSIBLE, empty.type());
        assertTrue(empty.detail().contains("Bad request"), empty.detail());
        assertFalse(empty.detail().contains("<"), empty.detail());
    }

    @Test
    void the_configuration_is_merged_and_null_takes_a_key_away() {
        var merged = real.rest().patchConfig(Map.of("maximum_lag_on_failover", 4_000_000, "pause", true));
        assertEquals(4_000_000, merged.get("maximum_lag_on_failover"));
        assertEquals(5, merged.get("ttl"));
        real.await("it is paused", cluster -> cluster.paused());

        var nulls = new HashMap<String, Object>();
        nulls.put("maximum_lag_on_failover", null);
        nulls.put("pause", null);
        assertFalse(real.rest().patchConfig(nulls).containsKey("maximum_lag_on_failover"));
        real.await("it is not paused", cluster -> !cluster.paused());
        Soon.until(
                "the configuration is without it", () -> !real.rest().config().containsKey("pause"));
    }

    @Test
    void a_restart_may_wait_for_a_setting_that_waits_for_it() {
        var replica = real.replica();
        var started = ask(replica, "select pg_postmaster_start_time()");
        parameter(2048);
        real.await("a setting waits", cluster -> cluster.members().stream().allMatch(PatroniMember::pendingRestart));

        real.rest().restart(real.member(replica.name), true);
        assertNotEquals(started, ask(replica, "select pg_postmaster_start_time()"));
        assertEquals("2kB", ask(replica, "show track_activity_query_size"));
        Soon.until("nothing waits", () -> !real.member(replica.name).pendingRestart());

        var restarted = ask(replica, "select pg_postmaster_start_time()");
        var nothing = problemOf(() -> real.rest().restart(real.member(replica.name), true));
        assertEquals(ProblemType.NOT_POSSIBLE, nothing.type());
        assertEquals(restarted, ask(replica, "select pg_postmaster_start_time()"));

        parameter(null);
        real.await(
                "a setting waits",
                cluster -> cluster.members().stream()
                        .anyMatch(member -> member.name().equals(replica.name) && member.pendingRestart()));
        real.rest().restart(real.member(replica.name), false);
        assertEquals("1kB", ask(replica, "show track_activity_query_size"));
    }

    private static void parameter(Integer value) {
        var parameters = new HashMap<String, Object>();
        parameters.put("track_activity_query_size", value);
        real.rest().patchConfig(Map.of("postgresql", Map.of("parameters", parameters)));
    }

    @Test
    void a_member_reads_its_own_configuration_again() {
        var node = real.replica();
        real.rest().reload(real.member(node.name));
        Soon.until("Patroni has read it", () -> node.log().contains("No local configuration items changed"));
    }

    @Test
    void a_replica_that_is_reinitialized_is_copied_anew() throws IOException {
        var node = real.replica();
        var old = Files.createFile(node.data().resolve("of-the-old-copy"));
        real.rest().reinitialize(real.member(node.name));
        Soon.until("the old copy is gone", () -> !Files.exists(old));
        real.awaitHealthy();
    }

    @Test
    void a_wrong_password_is_told_and_is_of_no_matter_for_reading() {
        var wrong = at(real.api(real.api().urls(), Secret.of("wr0ng")));
        assertEquals(3, wrong.cluster().members().size());

        var refused = problemOf(() -> wrong.patchConfig(Map.of("ttl", 5)));
        assertEquals(ProblemType.NOT_POSSIBLE, refused.type());
        assertTrue(refused.detail().contains("the user name or the password"), refused.detail());
        assertTrue(refused.detail().contains(RealPatroni.USER), refused.detail());
        assertFalse(refused.detail().contains("wr0ng"), refused.detail());

        var nobody = at(new PatroniApi(real.api().urls(), null, null, null));
        var none = problemOf(() -> nobody.failover("n1", () -> false));
        assertEquals(ProblemType.NOT_POSSIBLE, none.type());
        assertTrue(none.detail().contains("none were given"), none.detail());
    }

    @Test
    void the_next_one_is_asked_when_one_does_not_answer() {
        var one = real.nodes().getFirst().url();
        var patroni = at(real.api(List.of(dead(), one), RealPatroni.REST_PASSWORD));
        assertEquals(3, patroni.cluster().members().size());
        assertEquals(5, patroni.patchConfig(Map.of("ttl", 5)).get("ttl"));

        var nobody = at(real.api(List.of(dead(), dead()), RealPatroni.REST_PASSWORD));
        assertEquals(ProblemType.UNREACHABLE, problemOf(nobody::cluster).type());
        assertEquals(
                ProblemType.UNREACHABLE,
                problemOf(() -> nobody.failover("n1", () -> false)).type());
    }

    @Test
    void a_node_that_dies_is_followed_by_another_and_comes_back() {
        var old = real.leader();
        old.killAll();
        assertNotEquals(old, real.awaitLeaderOtherThan(old));
        old.start();
        real.awaitHealthy();
        assertFalse(old.takesWrites());
    }

    @Test
    void postgresql_outlives_its_patroni() {
        var leader = real.leader();
        leader.killPatroni();
        assertTrue(leader.takesWrites());
        leader.start();
        real.awaitHealthy();
    }

    @Test
    void https_needs_to_know_who_has_signed() {
        try (var secure = RealPatroni.start(
                real.folder.resolve("https"), RealPatroni.Shape.quick(1).withHttps())) {
            assertEquals("https", URI.create(secure.member("n1").apiUrl()).getScheme());
            secure.rest().reload(secure.member("n1"));

            var api = secure.api();
            var unknown = problemOf(at(new PatroniApi(api.urls(), api.username(), api.password(), null))::cluster);
            assertEquals(ProblemType.UNREACHABLE, unknown.type());

            var noCertificate =
                    problemOf(at(new PatroniApi(api.urls(), api.username(), api.password(), "no PEM"))::cluster);
            assertEquals(ProblemType.NOT_POSSIBLE, noCertificate.type());
        }
    }
}
