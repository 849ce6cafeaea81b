package io.pgbosun.chatops;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Channel;
import io.pgbosun.access.RateLimits;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Answers a command, whoever gives it, within the three seconds that Slack waits; what takes longer is told at the
 * response URL.
 */
@Singleton
class Conversation {
    private static final Logger LOG = Logger.getLogger(Conversation.class);
    private static final long PATIENCE_MILLIS = 2_300;

    private final ChatUsers users;
    private final Commands commands;
    private final Responses responses;
    private final Store store;
    private final AuditTrail audit;
    private final RateLimits limits;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    Conversation(
            ChatUsers users, Commands commands, Responses responses, Store store, AuditTrail audit, RateLimits limits) {
        this.users = users;
        this.commands = commands;
        this.responses = responses;
        this.store = store;
        this.audit = audit;
        this.limits = limits;
    }

    ChatAnswer answer(SlackCommand command) throws InterruptedException {
        var answer = CompletableFuture.supplyAsync(() -> said(command), threads);
        try {
            return answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            if (!responses.allowed(command.responseUrl())) {
                return ChatAnswer.toAsker("This takes longer than Slack waits; look at `%s operations` in a moment."
                        .formatted(Texts.escape(command.slash())));
            }
            answer.thenAcceptAsync(late -> responses.post(command.responseUrl(), late), threads);
            return ChatAnswer.toAsker("Working on it; the answer follows here.");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Never throws: whatever goes wrong is said. */
    private ChatAnswer said(SlackCommand command) {
        try {
            return users.caller(command.userId())
                    .map(caller -> said(caller, command))
                    .orElseGet(() -> stranger(command));
        } catch (Problem problem) {
            return ChatAnswer.toAsker(Texts.problem(problem));
        } catch (RuntimeException e) {
            var id = UUID.randomUUID();
            LOG.errorf(e, "bug %s", id);
            return ChatAnswer.toAsker(Texts.problem(Problem.of(
                    ProblemType.BUG,
                    "Something is wrong inside pgbosun; the service's log tells more under " + id + ".")));
        }
    }

    private ChatAnswer said(Caller caller, SlackCommand command) {
        try {
            limits.spend(caller.principal()).require();
            return commands.answer(caller, command);
        } catch (Problem problem) {
            if (problem.type() == ProblemType.DENIED) {
                denied(caller, command, problem.detail());
            }
            return ChatAnswer.toAsker(Texts.problem(problem));
        }
    }

    private ChatAnswer stranger(SlackCommand command) {
        var id = command.userId().isEmpty() ? "(none)" : command.userId();
        limits.spendOfStranger("slack:" + id).require();
        var why = "No admin has let the chat user " + id + " in.";
        denied(new Caller("slack:" + id, Channel.CHAT, List.of()), command, why);
        return ChatAnswer.toAsker(Texts.escape(
                "I do not know you. Your user id is %s; ask an admin of pgbosun to let it in with POST /v1/chat/users."
                        .formatted(id)));
    }

    /** Of the command only its first word is kept: others may hold what should not be written down. */
    private void denied(Caller caller, SlackCommand command, String why) {
        var verb = command.text().strip().split("\\s+", 2)[0];
        var target = "%s %.40s".formatted(command.slash(), verb).strip();
        store.inTx(tx -> audit.write(
                tx,
                caller,
                "access.denied",
                target,
                null,
                Map.of("why", why, "user", command.userId(), "name", command.userName())));
    }
}
