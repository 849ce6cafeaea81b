package io.pgbosun.api.grpc;

import com.google.longrunning.Operation;
import com.google.protobuf.Empty;
import io.grpc.stub.StreamObserver;
import io.pgbosun.backup.BackupPolicies;
import io.pgbosun.backup.CreateBackupPolicy;
import io.pgbosun.v1.BackupPolicy;
import io.pgbosun.v1.BackupPolicyServiceGrpc;
import io.pgbosun.v1.CreateBackupPolicyRequest;
import io.pgbosun.v1.DeleteBackupPolicyRequest;
import io.pgbosun.v1.ExpireRequest;
import io.pgbosun.v1.GetBackupPolicyRequest;
import io.pgbosun.v1.GetRetentionPreviewRequest;
import io.pgbosun.v1.ListBackupPoliciesRequest;
import io.pgbosun.v1.ListBackupPoliciesResponse;
import io.pgbosun.v1.RetentionPreview;
import io.quarkus.grpc.GrpcService;

@GrpcService
class BackupPolicyGrpc extends BackupPolicyServiceGrpc.BackupPolicyServiceImplBase {
    private final Calls calls;
    private final BackupPolicies policies;

    BackupPolicyGrpc(Calls calls, BackupPolicies policies) {
        this.calls = calls;
        this.policies = policies;
    }

    @Override
    public void listBackupPolicies(
            ListBackupPoliciesRequest request, StreamObserver<ListBackupPoliciesResponse> observer) {
        calls.record(
                observer,
                ListBackupPoliciesResponse.getDefaultInstance(),
                caller -> policies.list(caller, Calls.page(request)));
    }

    @Override
    public void getBackupPolicy(GetBackupPolicyRequest request, StreamObserver<BackupPolicy> observer) {
        calls.record(observer, BackupPolicy.getDefaultInstance(), caller -> policies.get(caller, request.getPolicy()));
    }

    @Override
    public void createBackupPolicy(CreateBackupPolicyRequest request, StreamObserver<BackupPolicy> observer) {
        calls.record(
                observer,
                BackupPolicy.getDefaultInstance(),
                caller -> policies.create(caller, calls.read(request.getPolicy(), CreateBackupPolicy.class)));
    }

    @Override
    public void deleteBackupPolicy(DeleteBackupPolicyRequest request, StreamObserver<Empty> observer) {
        calls.empty(observer, caller -> policies.delete(caller, request.getPolicy()));
    }

    @Override
    public void getRetentionPreview(GetRetentionPreviewRequest request, StreamObserver<RetentionPreview> observer) {
        calls.record(
                observer,
                RetentionPreview.getDefaultInstance(),
                caller -> policies.preview(caller, request.getCluster(), Calls.optional(request.getPolicy())));
    }

    @Override
    public void expire(ExpireRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }
}
