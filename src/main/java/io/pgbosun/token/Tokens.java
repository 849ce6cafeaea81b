package io.pgbosun.token;

import com.fasterxml.jackson.core.type.TypeReference;
import io.pgbosun.access.Caller;
import io.pgbosun.access.Channel;
import io.pgbosun.access.Grant;
import io.pgbosun.access.Permission;
import io.pgbosun.access.Role;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Hints;
import io.pgbosun.store.Json;
import io.pgbosun.store.Page;
import io.pgbosun.store.Remembered;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Bearer tokens: {@code pgb_<id>_<secret>}. Only SHA-256 of the secret is kept, which is enough for 256 random bits.
 */
@Singleton
public class Tokens {
    public static final Type GRANTS = new TypeReference<List<Grant>>() {}.getType();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String PREFIX = "pgb_";
    private static final String COLUMNS =
            "select id, principal, hash, grants::text as grants, created_by, created_at, expires_at, revoked_at from token";

    private final Store store;
    private final Json json;
    private final AuditTrail audit;
    private final Clock clock;
    private final Remembered<UUID, Known> known;

    Tokens(Store store, Json json, AuditTrail audit, Hints hints, Clock clock) {
        this.store = store;
        this.json = json;
        this.audit = audit;
        this.clock = clock;
        this.known = new Remembered<>(hints, "token", UUID::fromString, this::look);
    }

    /** A token with the digest of its secret. */
    private record Known(Token token, byte[] hash) {}

    /** Who a bearer token belongs to; a problem {@code unauthenticated} when it is not valid now. */
    public Caller authenticate(String token, Channel channel) {
        var cut = token == null ? -1 : token.indexOf('_', PREFIX.length());
        if (cut < 0 || !token.startsWith(PREFIX)) {
            throw refused("Send a header 'Authorization: Bearer pgb_…' with a token.");
        }
        var found = known.get(id(token.substring(PREFIX.length(), cut)))
                .orElseThrow(() -> refused("The token is not known."));
        if (!MessageDigest.isEqual(sha256(token.substring(cut + 1)), found.hash())) {
            throw refused("The token is not known.");
        }
        if (found.token().revokeTime() != null) {
            throw refused("The token was revoked; ask an admin for a new one.");
        }
        var expires = found.token().expireTime();
        if (expires != null && !expires.isAfter(clock.instant())) {
            throw refused("The token has expired; ask an admin for a new one.");
        }
        return new Caller(found.token().principal(), channel, found.token().grants());
    }

    private Optional<Known> look(UUID id) {
        return store.one(COLUMNS + " where id = $1", id)
                .map(row -> new Known(token(row), HexFormat.of().parseHex(row.text("hash"))));
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw refused("The token is not known.");
        }
    }

    private static Problem refused(String why) {
        return Problem.of(ProblemType.UNAUTHENTICATED, why);
    }

    /** What a principal may do now: all that its tokens that are valid now say. */
    public List<Grant> grants(String principal) {
        return store
                .query(
                        "select grants::text as grants from token where principal = $1 and revoked_at is null"
                                + " and (expires_at is null or expires_at > $2)",
                        principal,
                        clock.instant())
                .stream()
                .<List<Grant>>map(row -> json.load(row.text("grants"), GRANTS))
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    /** Makes a token; the answer is the only time its value is seen. */
    public CreatedToken create(Caller caller, CreateToken request) {
        caller.require(Permission.TOKEN_WRITE);
        var expires =
                request.expiresInDays() == null ? null : clock.instant().plus(Duration.ofDays(request.expiresInDays()));
        var id = UUID.randomUUID();
        var secret = randomText();
        store.inTx(tx -> {
            tx.update(
                    "insert into token (id, principal, hash, grants, created_by, expires_at) values ($1, $2, $3, $4::text::jsonb, $5, $6)",
                    id,
                    request.principal(),
                    HexFormat.of().formatHex(sha256(secret)),
                    json.store(request.grants()),
                    caller.principal(),
                    expires);
            audit.write(
                    tx,
                    caller,
                    "token.create",
                    "tokens/" + id,
                    null,
                    Map.of("principal", request.principal(), "grants", request.grants()));
        });
        return new CreatedToken(get(id), PREFIX + id + "_" + secret);
    }

    /** The first token of all, with every right; for the service itself to hand to its owner. */
    public String bootstrap() {
        var owner = new Caller("pgbosun", Channel.REST, List.of(new Grant(Role.ADMIN, Map.of())));
        return create(owner, new CreateToken("admin", owner.grants(), null)).value();
    }

    public Page<Token> list(Caller caller, Page.Request page) {
        caller.require(Permission.TOKEN_READ);
        var rows = store.query(
                COLUMNS + " where ($1::uuid is null or id > $1) order by id limit $2", page.afterId(), page.limit());
        return page.of(rows, this::token, row -> row.uuid("id").toString());
    }

    /** Makes a token worthless at once; revoking it again changes nothing. */
    public Token revoke(Caller caller, UUID id) {
        caller.require(Permission.TOKEN_WRITE);
        var token = get(id);
        if (token.revokeTime() == null) {
            store.inTx(tx -> {
                tx.update("update token set revoked_at = now() where id = $1 and revoked_at is null", id);
                audit.write(tx, caller, "token.revoke", "tokens/" + id, null, Map.of("principal", token.principal()));
            });
            known.changed(id);
        }
        return get(id);
    }

    private Token get(UUID id) {
        return store.one(COLUMNS + " where id = $1", id)
                .map(this::token)
                .orElseThrow(() -> Problem.notFound("token", id.toString()));
    }

    private Token token(Row row) {
        return new Token(
                row.uuid("id"),
                row.text("principal"),
                json.load(row.text("grants"), GRANTS),
                row.text("created_by"),
                row.time("created_at"),
                row.time("expires_at"),
                row.time("revoked_at"));
    }

    /** 256 random bits, in URL-safe base 64. */
    public static String randomText() {
        var bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
