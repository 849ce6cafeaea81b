package io.pgbosun.api.grpc;

import io.grpc.stub.StreamObserver;
import io.pgbosun.doctor.Doctor;
import io.pgbosun.v1.Diagnosis;
import io.pgbosun.v1.DiagnosisServiceGrpc;
import io.pgbosun.v1.GetDiagnosisRequest;
import io.quarkus.grpc.GrpcService;

@GrpcService
class DiagnosisGrpc extends DiagnosisServiceGrpc.DiagnosisServiceImplBase {
    private final Calls calls;
    private final Doctor doctor;

    DiagnosisGrpc(Calls calls, Doctor doctor) {
        this.calls = calls;
        this.doctor = doctor;
    }

    @Override
    public void getDiagnosis(GetDiagnosisRequest request, StreamObserver<Diagnosis> observer) {
        calls.record(
                observer,
                Diagnosis.getDefaultInstance(),
                caller -> doctor.diagnose(caller, request.hasSince() ? Calls.instant(request.getSince()) : null));
    }
}
