package io.pgbosun.chatops;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Channel;
import io.pgbosun.access.Permission;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Json;
import io.pgbosun.store.Page;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import io.pgbosun.token.Tokens;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;

/** Who the users of the chat are to pgbosun: their principals and grants, looked up anew for every command. */
@Singleton
public class ChatUsers {
    private static final String COLUMNS = "select id, principal, grants::text as grants, created_at from chat_user";

    private final Store store;
    private final Json json;
    private final AuditTrail audit;

    ChatUsers(Store store, Json json, AuditTrail audit) {
        this.store = store;
        this.json = json;
        this.audit = audit;
    }

    /** The caller that a chat user is; empty when nobody has let that user in. */
    Optional<Caller> caller(String id) {
        return find(id).map(user -> new Caller(user.principal(), Channel.CHAT, user.grants()));
    }

    public ChatUser create(Caller caller, CreateChatUser request) {
        caller.require(Permission.CHAT_USER_WRITE);
        store.inTx(tx -> {
            var inserted = tx.update(
                    "insert into chat_user (id, principal, grants) values ($1, $2, $3::text::jsonb) on conflict do nothing",
                    request.id(),
                    request.principal(),
                    json.store(request.grants()));
            if (inserted == 0) {
                throw Problem.of(
                        ProblemType.ALREADY_EXISTS,
                        "The chat user '%s' is known already; delete it first to let it in otherwise."
                                .formatted(request.id()));
            }
            audit.write(
                    tx,
                    caller,
                    "chat-user.create",
                    target(request.id()),
                    null,
                    Map.of("principal", request.principal(), "grants", request.grants()));
        });
        return find(request.id()).orElseThrow(() -> Problem.notFound("chat user", request.id()));
    }

    /** By id. */
    public Page<ChatUser> list(Caller caller, Page.Request page) {
        caller.require(Permission.CHAT_USER_READ);
        var rows = store.query(
                COLUMNS + " where ($1::text is null or id > $1) order by id limit $2", page.after(), page.limit());
        return page.of(rows, this::user, row -> row.text("id"));
    }

    /** Shuts a user out, at once; outcomes that are still owed are not told any more. */
    public void delete(Caller caller, String id) {
        caller.require(Permission.CHAT_USER_WRITE);
        store.inTx(tx -> {
            if (tx.update("delete from chat_user where id = $1", id) == 0) {
                throw Problem.notFound("chat user", id);
            }
            audit.write(tx, caller, "chat-user.delete", target(id), null, Map.of());
        });
    }

    private Optional<ChatUser> find(String id) {
        return store.one(COLUMNS + " where id = $1", id).map(this::user);
    }

    private ChatUser user(Row row) {
        return new ChatUser(
                row.text("id"),
                row.text("principal"),
                json.load(row.text("grants"), Tokens.GRANTS),
                row.time("created_at"));
    }

    private static String target(String id) {
        return "chat-users/" + id;
    }
}
