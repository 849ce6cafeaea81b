package io.pgbosun.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgbosun.adapter.PatroniSession.Request;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.Patroni;
import io.pgbosun.host.PatroniCluster;
import io.pgbosun.host.PatroniHistory;
import io.pgbosun.host.PatroniMember;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** The REST APIs of one cluster; each call is a request of its own. */
record RestPatroni(PatroniSession session) implements Patroni {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LOOK_MILLIS = 50;
    private static final int REASON = 2;
    private static final int TIME = 3;
    private static final int LEADER = 4;

    @Override
    public PatroniCluster cluster() {
        var answer = session.read("/cluster");
        var members = array(answer, tree(answer).path("members"));
        return new PatroniCluster(
                members.valueStream().map(RestPatroni::member).toList(),
                tree(answer).path("pause").asBoolean());
    }

    private static PatroniMember member(JsonNode told) {
        return new PatroniMember(
                told.path("name").asText(),
                told.path("role").asText(),
                told.path("state").asText(),
                text(told.path("host")),
                integer(told.path("port")),
                base(text(told.path("api_url"))),
                integer(told.path("timeline")),
                told.path("lag").isIntegralNumber() ? told.path("lag").longValue() : null,
                told.path("pending_restart").asBoolean());
    }

    /** Without the path, which a member tells as well. */
    private static String base(String url) {
        return url == null ? null : url.replaceFirst("^(\\w+://[^/]+).*$", "$1");
    }

    @Override
    public List<PatroniHistory> history() {
        var answer = session.read("/history");
        return array(answer, tree(answer))
                .valueStream()
                .map(row -> new PatroniHistory(
                        row.path(0).intValue(),
                        new Lsn(row.path(1).longValue()).toString(),
                        text(row.path(REASON)),
                        instant(text(row.path(TIME))),
                        text(row.path(LEADER))))
                .toList();
    }

    private static Instant instant(String text) {
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException unknown) {
            return null;
        }
    }

    @Override
    public Map<String, Object> config() {
        return object(session.read("/config"));
    }

    @Override
    public Map<String, Object> patchConfig(Map<String, Object> changes) {
        return object(session.order(Request.quick("PATCH", "/config", changes)).done());
    }

    @Override
    public void switchover(String leader, String candidate, BooleanSupplier led) {
        change("/switchover", Map.of("leader", leader, "candidate", candidate), led);
    }

    @Override
    public void failover(String candidate, BooleanSupplier led) {
        change("/failover", Map.of("candidate", candidate), led);
    }

    /** Whoever is asked writes it down, but does at once only what is its own part: others see it when they look again. */
    private void change(String path, Map<String, Object> order, BooleanSupplier led) {
        var cluster = cluster();
        var actor = cluster.leader()
                .or(() -> cluster.members().stream()
                        .filter(member -> member.name().equals(order.get("candidate")))
                        .findFirst());
        var best = actor.filter(member -> member.apiUrl() != null).map(RestPatroni::url);
        Runnable ordering = () ->
                session.order(Request.blocking(path, order), best.orElse(null)).done();
        var ordered = CompletableFuture.runAsync(
                Work.current().<Runnable>map(work -> () -> work.run(ordering)).orElse(ordering),
                task -> Thread.ofVirtual().start(task));
        while (!isAnswered(ordered) && !led.getAsBoolean()) {
            // asked again after a while, unless Patroni has answered
        }
    }

    /** Waits for a moment; throws what the order came to. */
    private static boolean isAnswered(CompletableFuture<Void> ordered) {
        try {
            ordered.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException pending) {
            return false;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Problem problem ? problem : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw Problem.stopping(e);
        }
    }

    @Override
    public void restart(PatroniMember member, boolean pending) {
        Map<String, Object> conditions = pending ? Map.of("restart_pending", true) : Map.of();
        var answer = session.send(url(member), Request.blocking("/restart", conditions));
        if (answer.words().contains("conditions are not satisfied")) {
            throw answer.refusal();
        }
        answer.done();
    }

    @Override
    public void reload(PatroniMember member) {
        session.send(url(member), Request.quick("POST", "/reload", null)).done();
    }

    /** Patroni says 503 before it begins, as to a leader, and never afterwards. */
    @Override
    public void reinitialize(PatroniMember member) {
        var answer = session.send(url(member), Request.quick("POST", "/reinitialize", Map.of()));
        if (answer.status() == PatroniAnswer.UNAVAILABLE) {
            throw answer.refusal();
        }
        answer.done();
    }

    private static URI url(PatroniMember member) {
        if (member.apiUrl() == null) {
            throw Problem.notPossible("The DCS does not tell where the Patroni of member '" + member.name()
                    + "' answers; see whether it runs.");
        }
        try {
            return URI.create(member.apiUrl());
        } catch (IllegalArgumentException e) {
            throw Problem.of(
                    ProblemType.NOT_POSSIBLE,
                    "Member '" + member.name() + "' says that its Patroni answers at '" + member.apiUrl()
                            + "', which is no URL; see restapi.connect_address in its configuration.",
                    e);
        }
    }

    private static JsonNode tree(PatroniAnswer answer) {
        try {
            var tree = JSON.readTree(answer.body());
            if (tree.isMissingNode()) {
                throw cut(answer, null);
            }
            return tree;
        } catch (JsonEOFException e) {
            throw cut(answer, e);
        } catch (JsonProcessingException e) {
            throw stranger(answer, e);
        }
    }

    /** Patroni marks the end of what it says by nothing but hanging up. */
    private static Problem cut(PatroniAnswer answer, Exception cause) {
        return Problem.of(
                ProblemType.UNREACHABLE,
                "The answer of Patroni at " + PatroniSession.shown(answer.from())
                        + " was cut off; see whether it runs.",
                cause);
    }

    private static Problem stranger(PatroniAnswer answer, Exception cause) {
        return Problem.of(
                ProblemType.NOT_POSSIBLE,
                "What answers at " + PatroniSession.shown(answer.from())
                        + " is not the REST API of Patroni; look for restapi.connect_address in its configuration.",
                cause);
    }

    private static JsonNode array(PatroniAnswer answer, JsonNode node) {
        if (!node.isArray()) {
            throw stranger(answer, null);
        }
        return node;
    }

    private static Map<String, Object> object(PatroniAnswer answer) {
        var tree = tree(answer);
        if (!tree.isObject()) {
            throw stranger(answer, null);
        }
        return JSON.convertValue(tree, new TypeReference<>() {});
    }

    private static String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : null;
    }

    private static Integer integer(JsonNode node) {
        return node.isInt() ? node.intValue() : null;
    }
}
