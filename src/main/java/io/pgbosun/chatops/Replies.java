package io.pgbosun.chatops;

import io.pgbosun.operation.OperationReader;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Hints;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Tells the outcome of operations in the channel in which they were asked for. What is owed is kept in the control
 * database, so that it is told although this service, or the one that runs the operation, has died meanwhile; any number
 * of services may do it. A reply is posted at least once, and once unless a service dies between post and delete.
 */
@Singleton
class Replies {
    private static final Logger LOG = Logger.getLogger(Replies.class);
    private static final Duration IDLE_POLL = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final int BATCH = 20;

    /** Slack takes five posts at a URL, within 30 minutes; one may have gone to an answer that was late. */
    private static final int POSTS = 4;

    private static final String GIVE_UP =
            "delete from chat_reply where created_at < now() - interval '30 minutes' or posts >= %d and post_at <= now() returning operation"
                    .formatted(POSTS);

    /** Taken for 10 s, then 30, 90 and 270: longer than a post takes, and the pause after one that failed. */
    private static final String CLAIM = """
            update chat_reply set posts = posts + 1, post_at = now() + interval '10 seconds' * power(3, posts)
            where operation in (
              select r.operation from chat_reply r join operation o on o.id = r.operation
              where o.ended_at is not null and r.post_at <= now() and r.posts < %d
              order by r.created_at limit %d for update of r skip locked)
            returning operation, response_url, chat_user
            """.formatted(POSTS, BATCH);

    private final Store store;
    private final Hints hints;
    private final OperationReader reader;
    private final ChatUsers users;
    private final Responses responses;
    private final Semaphore woken = new Semaphore(0);
    private final Set<UUID> owed = ConcurrentHashMap.newKeySet();

    Replies(Store store, Hints hints, OperationReader reader, ChatUsers users, Responses responses) {
        this.store = store;
        this.hints = hints;
        this.reader = reader;
        this.users = users;
        this.responses = responses;
    }

    /**
     * Notes that the outcome is to be told to who gave the command; false when it cannot be. The first second is left to
     * the answer to the command itself, which should be read first.
     */
    boolean owe(UUID operation, SlackCommand command) {
        if (!responses.allowed(command.responseUrl())) {
            return false;
        }
        try {
            store.update("""
                    insert into chat_reply (operation, response_url, chat_user, post_at)
                    values ($1, $2, $3, now() + interval '1 second') on conflict do nothing
                    """, operation, command.responseUrl(), command.userId());
        } catch (Problem problem) {
            // the operation has been accepted all the same, and that is what must be said now
            LOG.warnf("the outcome of %s will not be told in chat: %s", operation, problem.detail());
            return false;
        }
        owed.add(operation);
        woken.release();
        return true;
    }

    /** Delivers until interrupted; hints of operations for which a reply is owed wake it. */
    void deliverAll() {
        try (var listening = hints.listen("op", this::heard)) {
            while (true) {
                woken.tryAcquire((owed.isEmpty() ? IDLE_POLL : POLL).toMillis(), TimeUnit.MILLISECONDS);
                woken.drainPermits();
                sweep();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private void heard(String operation) {
        if (owed.stream().anyMatch(id -> id.toString().equals(operation))) {
            woken.release();
        }
    }

    private void sweep() throws InterruptedException {
        try {
            var kept = store.query("select operation from chat_reply").stream()
                    .map(row -> row.uuid("operation"))
                    .collect(Collectors.toSet());
            owed.retainAll(kept);
            owed.addAll(kept);
            if (!kept.isEmpty()) {
                store.query(GIVE_UP)
                        .forEach(row -> LOG.infof("gave up telling the outcome of %s", row.uuid("operation")));
                store.query(CLAIM).forEach(row -> {
                    var claim = new Claim(row.uuid("operation"), row.text("response_url"), row.text("chat_user"));
                    Thread.ofVirtual().name("chat-reply-" + claim.operation()).start(() -> tell(claim));
                });
            }
        } catch (RuntimeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LOG.warnf("chat replies wait: %s", e.getMessage());
        }
    }

    /** A reply that this service is to post now. */
    private record Claim(UUID operation, String responseUrl, String chatUser) {}

    private void tell(Claim claim) {
        try {
            if (posted(claim) != Responses.Posted.FAILED) {
                store.update("delete from chat_reply where operation = $1", claim.operation());
                owed.remove(claim.operation());
            }
        } catch (RuntimeException e) {
            LOG.warnf("the outcome of %s is told later: %s", claim.operation(), e.getMessage());
        }
    }

    /** As the user may see it now, who may have lost grants since. */
    private Responses.Posted posted(Claim claim) {
        var caller = users.caller(claim.chatUser());
        if (caller.isEmpty()) {
            return Responses.Posted.REFUSED;
        }
        try {
            var operation = reader.get(caller.get(), claim.operation());
            return responses.post(claim.responseUrl(), ChatAnswer.toChannel(Texts.outcome(operation)));
        } catch (Problem problem) {
            if (problem.type() == ProblemType.NOT_FOUND || problem.type() == ProblemType.DENIED) {
                return Responses.Posted.REFUSED;
            }
            throw problem;
        }
    }
}
