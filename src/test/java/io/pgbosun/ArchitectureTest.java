package io.pgbosun;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.OperationSpec;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The walls that keep the code easy to live in; see ARCHITECTURE.md. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("io/pgbosun/v1/"))
            .importPackages("io.pgbosun");
    private static final String[] KERNEL = kernel();
    private static final String[] FEATURES = {
        "io.pgbosun.cluster..",
        "io.pgbosun.backup..",
        "io.pgbosun.failover..",
        "io.pgbosun.maintenance..",
        "io.pgbosun.patroni..",
        "io.pgbosun.pooler..",
        "io.pgbosun.replication..",
        "io.pgbosun.doctor..",
        "io.pgbosun.schedule.."
    };
    private static final String[] SURFACES = {"io.pgbosun.api..", "io.pgbosun.chatops..", "io.pgbosun.cli.."};

    private static String[] kernel() {
        return List.of("problem", "secret", "store", "access", "token", "audit", "operation", "host").stream()
                .map(name -> "io.pgbosun." + name + "..")
                .toArray(String[]::new);
    }

    @Test
    void there_is_something_to_check() {
        assertTrue(CLASSES.size() > 150);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("io.pgbosun.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void the_kernel_knows_no_feature_no_adapter_and_no_surface() {
        noClasses()
                .that()
                .resideInAnyPackage(KERNEL)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(FEATURES)
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(KERNEL)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SURFACES)
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(KERNEL)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.pgbosun.adapter..")
                .check(CLASSES);
    }

    @Test
    void problems_depend_on_nothing() {
        classes()
                .that()
                .resideInAPackage("io.pgbosun.problem..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.pgbosun.problem..", "java..")
                .check(CLASSES);
    }

    @Test
    void kernel_and_features_speak_no_protocol() {
        for (var inside : List.of(KERNEL, FEATURES)) {
            noClasses()
                    .that()
                    .resideInAnyPackage(inside)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "jakarta.ws.rs..",
                            "io.grpc..",
                            "com.google.protobuf..",
                            "com.google.longrunning..",
                            "com.slack..")
                    .check(CLASSES);
        }
    }

    @Test
    void features_depend_only_downwards() {
        noClasses()
                .that()
                .resideInAPackage("io.pgbosun.replication..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.pgbosun.backup..",
                        "io.pgbosun.failover..",
                        "io.pgbosun.maintenance..",
                        "io.pgbosun.patroni..",
                        "io.pgbosun.pooler..",
                        "io.pgbosun.doctor..",
                        "io.pgbosun.schedule..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage("io.pgbosun.cluster..", "io.pgbosun.maintenance..", "io.pgbosun.pooler..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pgbosun.replication..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.pgbosun.cluster..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.pgbosun.backup..",
                        "io.pgbosun.failover..",
                        "io.pgbosun.maintenance..",
                        "io.pgbosun.patroni..",
                        "io.pgbosun.pooler..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.pgbosun.patroni..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.pgbosun.backup..",
                        "io.pgbosun.failover..",
                        "io.pgbosun.maintenance..",
                        "io.pgbosun.pooler..",
                        "io.pgbosun.doctor..",
                        "io.pgbosun.schedule..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.pgbosun.backup..",
                        "io.pgbosun.failover..",
                        "io.pgbosun.maintenance..",
                        "io.pgbosun.pooler..",
                        "io.pgbosun.doctor..",
                        "io.pgbosun.schedule..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pgbosun.patroni..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.pgbosun.pooler..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.pgbosun.backup..",
                        "io.pgbosun.failover..",
                        "io.pgbosun.maintenance..",
                        "io.pgbosun.doctor..",
                        "io.pgbosun.schedule..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.pgbosun.backup..",
                        "io.pgbosun.maintenance..",
                        "io.pgbosun.doctor..",
                        "io.pgbosun.schedule..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pgbosun.pooler..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.pgbosun.failover..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.pgbosun.backup..", "io.pgbosun.maintenance..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage("io.pgbosun.backup..", "io.pgbosun.maintenance..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pgbosun.failover..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.pgbosun.maintenance..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pgbosun.backup..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.pgbosun.backup..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pgbosun.maintenance..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage("io.pgbosun.cluster..", "io.pgbosun.backup..", "io.pgbosun.maintenance..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pgbosun.doctor..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.pgbosun.doctor..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pgbosun.maintenance..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.pgbosun.schedule..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.pgbosun.backup..", "io.pgbosun.maintenance..", "io.pgbosun.doctor..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.pgbosun.cluster..",
                        "io.pgbosun.backup..",
                        "io.pgbosun.maintenance..",
                        "io.pgbosun.doctor..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pgbosun.schedule..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(FEATURES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SURFACES)
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(FEATURES)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pgbosun.adapter..")
                .check(CLASSES);
    }

    @Test
    void client_libraries_stay_in_their_adapter() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.pgbosun.adapter..", "io.pgbosun.store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.sql..",
                        "javax.sql..",
                        "org.postgresql..",
                        "org.flywaydb..",
                        "io.vertx.pgclient..",
                        "io.vertx.sqlclient..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.pgbosun.secret..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.google.crypto.tink..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.pgbosun.chatops..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.slack..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.pgbosun.adapter..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("software.amazon..", "com.azure..", "org.apache.sshd..", "org.bouncycastle..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.pgbosun.schedule..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.cronutils..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.pgbosun.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackages("io.pgbosun.adapter..", "io.pgbosun.cli..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(ProcessBuilder.class)
                .check(CLASSES);
    }

    @Test
    void the_command_line_speaks_the_public_api_alone() {
        noClasses()
                .that()
                .resideInAPackage("io.pgbosun.cli..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.pgbosun..")
                        .and(com.tngtech.archunit.base.DescribedPredicate.not(resideInAnyPackage("io.pgbosun.cli.."))))
                .check(CLASSES);
    }

    @Test
    void surfaces_go_through_operations_and_readers() {
        noClasses()
                .that()
                .resideInAnyPackage("io.pgbosun.api..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(FEATURES)
                        .and(simpleNameEndingWith("Handler").or(simpleNameEndingWith("Runbook"))))
                .check(CLASSES);
    }

    @Test
    void specs_are_records_and_handlers_are_package_private_and_named_after_them() {
        classes()
                .that()
                .implement(OperationSpec.class)
                .should()
                .beRecords()
                .andShould()
                .resideInAnyPackage(FEATURES)
                .check(CLASSES);
        classes()
                .that()
                .implement(OperationHandler.class)
                .should()
                .bePackagePrivate()
                .check(CLASSES);
        for (var handler : CLASSES.stream()
                .filter(type -> type.isAssignableTo(OperationHandler.class) && !type.isInterface())
                .toList()) {
            var spec = handler.getPackageName() + "." + handler.getSimpleName().replaceAll("Handler$", "");
            assertTrue(CLASSES.contain(spec), handler + " has no spec " + spec);
        }
    }

    @Test
    void names_say_what_a_thing_is() {
        for (var empty : List.of("Manager", "Helper", "Util", "Utils", "Common", "Impl", "Base", "Dto")) {
            noClasses().should().haveSimpleNameEndingWith(empty).check(CLASSES);
        }
    }

    @Test
    void nothing_is_injected_into_fields() {
        fields().should().notBeAnnotatedWith(Inject.class).check(CLASSES);
    }

    @Test
    void features_take_the_time_from_a_clock() {
        noClasses()
                .that()
                .resideInAnyPackage(FEATURES)
                .should()
                .callMethod(Instant.class, "now")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(FEATURES)
                .should()
                .callMethod(Clock.class, "systemUTC")
                .check(CLASSES);
    }

    @Test
    void files_stay_short_enough_to_be_read() throws IOException {
        try (var files = Files.walk(Path.of("src/main/java"))) {
            var long_ = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> lines(file) > 400)
                    .toList();
            assertTrue(long_.isEmpty(), long_ + " have more than 400 lines");
        }
    }

    private static long lines(Path file) {
        try {
            return Files.readAllLines(file).size();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
