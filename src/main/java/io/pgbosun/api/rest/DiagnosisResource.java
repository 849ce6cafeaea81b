package io.pgbosun.api.rest;

import io.pgbosun.access.Permission;
import io.pgbosun.doctor.Diagnosis;
import io.pgbosun.doctor.Doctor;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/v1")
@Tag(name = "diagnosis", description = "Whether the installation keeps its promises.")
@RunOnVirtualThread
class DiagnosisResource {
    private final Doctor doctor;
    private final CurrentCaller caller;

    DiagnosisResource(Doctor doctor, CurrentCaller caller) {
        this.doctor = doctor;
        this.caller = caller;
    }

    @GET
    @Path("/diagnosis")
    @Operation(summary = "Looks whether the installation keeps its promises, by its history, servers and files.")
    @Needs(Permission.DIAGNOSIS_READ)
    public Diagnosis getDiagnosis(
            @QueryParam("since")
                    @Parameter(
                            description =
                                    "From when on history is looked at (RFC 3339); the last seven days when left out.",
                            schema =
                                    @Schema(
                                            type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.STRING,
                                            format = "date-time",
                                            maxLength = 40))
                    String since) {
        return doctor.diagnose(caller.get(), StartParams.time("since", since));
    }
}
