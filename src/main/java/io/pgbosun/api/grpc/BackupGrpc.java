package io.pgbosun.api.grpc;

import com.google.longrunning.Operation;
import com.google.protobuf.Empty;
import io.grpc.stub.StreamObserver;
import io.pgbosun.backup.BackupHold.HoldBackup;
import io.pgbosun.backup.Backups;
import io.pgbosun.backup.CreateRepository;
import io.pgbosun.backup.KeyRing;
import io.pgbosun.backup.Repositories;
import io.pgbosun.operation.Ids;
import io.pgbosun.operation.Target;
import io.pgbosun.v1.Backup;
import io.pgbosun.v1.BackupKey;
import io.pgbosun.v1.BackupServiceGrpc;
import io.pgbosun.v1.CreateRepositoryRequest;
import io.pgbosun.v1.CreateRestorePointRequest;
import io.pgbosun.v1.DeleteBackupRequest;
import io.pgbosun.v1.DeleteRepositoryRequest;
import io.pgbosun.v1.GetBackupRequest;
import io.pgbosun.v1.GetRepositoryRequest;
import io.pgbosun.v1.HoldBackupRequest;
import io.pgbosun.v1.ListBackupKeysRequest;
import io.pgbosun.v1.ListBackupKeysResponse;
import io.pgbosun.v1.ListBackupsRequest;
import io.pgbosun.v1.ListBackupsResponse;
import io.pgbosun.v1.ListDrillsRequest;
import io.pgbosun.v1.ListDrillsResponse;
import io.pgbosun.v1.ListRepositoriesRequest;
import io.pgbosun.v1.ListRepositoriesResponse;
import io.pgbosun.v1.ReconcileRequest;
import io.pgbosun.v1.RecoverRequest;
import io.pgbosun.v1.ReleaseBackupRequest;
import io.pgbosun.v1.Repository;
import io.pgbosun.v1.RestoreBackupRequest;
import io.pgbosun.v1.RotateBackupKeysRequest;
import io.pgbosun.v1.RunDrillRequest;
import io.pgbosun.v1.TakeBackupRequest;
import io.quarkus.grpc.GrpcService;

@GrpcService
class BackupGrpc extends BackupServiceGrpc.BackupServiceImplBase {
    private final Calls calls;
    private final Backups backups;
    private final Repositories repositories;
    private final KeyRing keys;

    BackupGrpc(Calls calls, Backups backups, Repositories repositories, KeyRing keys) {
        this.calls = calls;
        this.keys = keys;
        this.backups = backups;
        this.repositories = repositories;
    }

    @Override
    public void takeBackup(TakeBackupRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void restoreBackup(RestoreBackupRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void recover(RecoverRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void createRestorePoint(CreateRestorePointRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void runDrill(RunDrillRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void reconcile(ReconcileRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void deleteBackup(DeleteBackupRequest request, StreamObserver<Operation> observer) {
        calls.start(request, observer);
    }

    @Override
    public void listBackups(ListBackupsRequest request, StreamObserver<ListBackupsResponse> observer) {
        calls.record(
                observer,
                ListBackupsResponse.getDefaultInstance(),
                caller -> backups.list(
                        caller,
                        request.hasCluster()
                                ? Target.cluster(request.getCluster()).id()
                                : null,
                        Calls.page(request)));
    }

    @Override
    public void getBackup(GetBackupRequest request, StreamObserver<Backup> observer) {
        calls.record(
                observer,
                Backup.getDefaultInstance(),
                caller -> backups.get(caller, Ids.parse("backup", request.getBackup())));
    }

    @Override
    public void holdBackup(HoldBackupRequest request, StreamObserver<Backup> observer) {
        calls.record(
                observer,
                Backup.getDefaultInstance(),
                caller -> backups.hold(
                        caller,
                        Ids.parse("backup", request.getBackup()),
                        calls.read(request.getHold(), HoldBackup.class)));
    }

    @Override
    public void releaseBackup(ReleaseBackupRequest request, StreamObserver<Empty> observer) {
        calls.empty(observer, caller -> backups.release(caller, Ids.parse("backup", request.getBackup())));
    }

    @Override
    public void listDrills(ListDrillsRequest request, StreamObserver<ListDrillsResponse> observer) {
        calls.record(
                observer,
                ListDrillsResponse.getDefaultInstance(),
                caller -> backups.drills(caller, request.getCluster(), Calls.page(request)));
    }

    @Override
    public void listBackupKeys(ListBackupKeysRequest request, StreamObserver<ListBackupKeysResponse> observer) {
        calls.record(observer, ListBackupKeysResponse.getDefaultInstance(), keys::list);
    }

    @Override
    public void rotateBackupKeys(RotateBackupKeysRequest request, StreamObserver<BackupKey> observer) {
        calls.record(observer, BackupKey.getDefaultInstance(), keys::rotate);
    }

    @Override
    public void listRepositories(ListRepositoriesRequest request, StreamObserver<ListRepositoriesResponse> observer) {
        calls.record(
                observer,
                ListRepositoriesResponse.getDefaultInstance(),
                caller -> repositories.list(caller, Calls.page(request)));
    }

    @Override
    public void getRepository(GetRepositoryRequest request, StreamObserver<Repository> observer) {
        calls.record(
                observer, Repository.getDefaultInstance(), caller -> repositories.get(caller, request.getRepository()));
    }

    @Override
    public void createRepository(CreateRepositoryRequest request, StreamObserver<Repository> observer) {
        calls.record(
                observer,
                Repository.getDefaultInstance(),
                caller -> repositories.create(caller, calls.read(request.getRepository(), CreateRepository.class)));
    }

    @Override
    public void deleteRepository(DeleteRepositoryRequest request, StreamObserver<Empty> observer) {
        calls.empty(observer, caller -> repositories.delete(caller, request.getRepository()));
    }
}
