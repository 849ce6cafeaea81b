package io.pgbosun.api.grpc;

import io.grpc.stub.StreamObserver;
import io.pgbosun.audit.AuditReader;
import io.pgbosun.operation.Ids;
import io.pgbosun.token.Tokens;
import io.pgbosun.v1.AccessServiceGrpc;
import io.pgbosun.v1.CreateTokenRequest;
import io.pgbosun.v1.CreatedToken;
import io.pgbosun.v1.ListAuditEntriesRequest;
import io.pgbosun.v1.ListAuditEntriesResponse;
import io.pgbosun.v1.ListTokensRequest;
import io.pgbosun.v1.ListTokensResponse;
import io.pgbosun.v1.RevokeTokenRequest;
import io.pgbosun.v1.Token;
import io.quarkus.grpc.GrpcService;

@GrpcService
class AccessGrpc extends AccessServiceGrpc.AccessServiceImplBase {
    private final Calls calls;
    private final Tokens tokens;
    private final AuditReader audit;

    AccessGrpc(Calls calls, Tokens tokens, AuditReader audit) {
        this.calls = calls;
        this.tokens = tokens;
        this.audit = audit;
    }

    @Override
    public void createToken(CreateTokenRequest request, StreamObserver<CreatedToken> observer) {
        calls.record(
                observer,
                CreatedToken.getDefaultInstance(),
                caller -> tokens.create(caller, calls.read(request.getToken(), io.pgbosun.token.CreateToken.class)));
    }

    @Override
    public void listTokens(ListTokensRequest request, StreamObserver<ListTokensResponse> observer) {
        calls.record(
                observer, ListTokensResponse.getDefaultInstance(), caller -> tokens.list(caller, Calls.page(request)));
    }

    @Override
    public void revokeToken(RevokeTokenRequest request, StreamObserver<Token> observer) {
        calls.record(
                observer,
                Token.getDefaultInstance(),
                caller -> tokens.revoke(caller, Ids.parse("token", request.getToken())));
    }

    @Override
    public void listAuditEntries(ListAuditEntriesRequest request, StreamObserver<ListAuditEntriesResponse> observer) {
        calls.record(
                observer,
                ListAuditEntriesResponse.getDefaultInstance(),
                caller -> audit.list(
                        caller,
                        new AuditReader.Filter(
                                Calls.optional(request.getPrincipal()),
                                Calls.optional(request.getAction()),
                                Calls.optional(request.getTarget()),
                                request.hasOperation() ? Ids.parse("operation", request.getOperation()) : null,
                                request.hasSince() ? Calls.instant(request.getSince()) : null,
                                request.hasUntil() ? Calls.instant(request.getUntil()) : null),
                        Calls.page(request)));
    }
}
