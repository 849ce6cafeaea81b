package io.pgbosun.chatops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.backup.Assertion;
import io.pgbosun.backup.RestoreBackup;
import io.pgbosun.backup.RunDrill;
import io.pgbosun.backup.TakeBackup;
import io.pgbosun.cluster.Provision;
import io.pgbosun.cluster.Register;
import io.pgbosun.host.DumpRequest;
import io.pgbosun.host.MaintenanceCommand;
import io.pgbosun.maintenance.Checkpoint;
import io.pgbosun.maintenance.Reindex;
import io.pgbosun.maintenance.Vacuum;
import io.pgbosun.problem.FieldError;
import io.pgbosun.problem.Problem;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SpecReaderTest {
    private static <S> S read(Class<S> kind, String text) {
        return SpecReader.read(kind, Words.read(text));
    }

    private static List<FieldError> errors(Class<?> kind, String text) {
        return assertThrows(Problem.class, () -> read(kind, text)).errors();
    }

    private static FieldError error(Class<?> kind, String text) {
        var errors = errors(kind, text);
        assertEquals(1, errors.size(), () -> errors.toString());
        return errors.getFirst();
    }

    @Test
    void nothing_takes_every_default() {
        assertEquals(new TakeBackup(null, null, null, null, null, null, null, null), read(TakeBackup.class, ""));
        assertEquals(new Checkpoint(), read(Checkpoint.class, ""));
    }

    @Test
    void values_are_read_as_the_record_wants_them() {
        var spec = read(
                TakeBackup.class, "repository=vault schemaOnly=TRUE format=directory jobs=4 source=prefer-standby");
        assertEquals("vault", spec.repository());
        assertTrue(spec.schemaOnly());
        assertEquals(DumpRequest.Format.DIRECTORY, spec.format());
        assertEquals(4, spec.jobs());
        assertEquals(TakeBackup.Source.PREFER_STANDBY, spec.source());
        assertEquals(
                MaintenanceCommand.Reindex.Scope.TABLE,
                read(Reindex.class, "scope=Table").scope());
    }

    @Test
    void lists_are_cut_by_commas_or_repeated() {
        assertEquals(
                List.of("a", "b", "c,d", "e"),
                read(TakeBackup.class, "databases=a,b databases=\"c,d\",e").databases());
    }

    @Test
    void parts_of_a_record_have_dotted_names() {
        var spec = read(Vacuum.class, "guard.lockTimeoutSeconds=5 full=false guard.maxBlockingSeconds=7");
        assertEquals(5, spec.guard().lockTimeoutSeconds());
        assertEquals(7, spec.guard().maxBlockingSeconds());
        assertFalse(spec.full());
    }

    @Test
    void entries_of_a_map_have_the_rest_of_the_name_as_key() {
        var spec = read(
                Provision.class,
                "labels.env=prod labels.app.example.com/name=shop standbys=2 parameters.work_mem=\"64 MB\"");
        assertEquals(Map.of("env", "prod", "app.example.com/name", "shop"), spec.labels());
        assertEquals(Map.of("work_mem", "64 MB"), spec.parameters());
        assertEquals(2, spec.standbys());
    }

    @Test
    void elements_of_a_list_of_records_are_numbered() {
        var backup = UUID.randomUUID();
        var spec = read(
                RunDrill.class,
                "backup=%s assertions[0].type=amcheck assertions[0].database=shop assertions[1].type=ROW_COUNT assertions[1].database=shop assertions[1].table=orders assertions[1].atLeast=10"
                        .formatted(backup));
        assertEquals(backup, spec.backup());
        assertEquals(2, spec.assertions().size());
        assertEquals(Assertion.Type.AMCHECK, spec.assertions().getFirst().type());
        assertEquals(10L, spec.assertions().getLast().atLeast());
    }

    @Test
    void an_unknown_name_is_told_with_what_is_known() {
        var error = error(TakeBackup.class, "databse=shop");
        assertEquals("databse", error.field());
        assertEquals("is not known here", error.rule());
        assertEquals(
                "Leave it out; known are backupType, databases, engine, format, jobs, repository, schemaOnly, source.",
                error.remedy());
        assertEquals(
                "jobsPossible", error(TakeBackup.class, "jobsPossible=true").field());
        assertEquals("guard.timeout", error(Vacuum.class, "guard.timeout=1").field());
        assertEquals("Leave it out.", error(Checkpoint.class, "fast=true").remedy());
    }

    @Test
    void every_bad_value_is_told_by_name_at_once() {
        var errors = errors(TakeBackup.class, "jobs=many schemaOnly=perhaps format=zip jobz=1");
        assertEquals(
                List.of("jobs", "schemaOnly", "format", "jobz"),
                errors.stream().map(FieldError::field).toList());
        assertEquals("must be a whole number within its range", errors.get(0).rule());
        assertEquals("must be true or false", errors.get(1).rule());
        assertEquals("must be one of [CUSTOM, DIRECTORY]", errors.get(2).rule());
        assertEquals(
                "must be a whole number within its range",
                error(TakeBackup.class, "jobs=99999999999").rule());
        assertEquals(
                "must be a UUID", error(RestoreBackup.class, "backup=1-1-1-1-1").rule());
    }

    @Test
    void what_is_given_twice_or_in_the_wrong_shape_is_told() {
        assertEquals("is given twice", error(TakeBackup.class, "jobs=1 jobs=2").rule());
        assertEquals("has no parts", error(TakeBackup.class, "jobs.x=1").rule());
        assertEquals(
                "has no parts", error(TakeBackup.class, "databases[0]=shop").rule());
        assertEquals(
                "has parts that are set one by one",
                error(Vacuum.class, "guard=5").rule());
        assertEquals(
                "has entries that are set one by one",
                error(Provision.class, "labels=x").rule());
        assertEquals(
                "has elements with parts",
                error(RunDrill.class, "assertions=amcheck").rule());
        assertEquals(
                "has elements with parts",
                error(RunDrill.class, "assertions[0]=amcheck").rule());
        assertEquals(
                "must be numbered from 0 without a gap",
                error(RunDrill.class, "assertions[1].type=AMCHECK").rule());
        assertEquals(
                "assertions[0].typ",
                error(RunDrill.class, "assertions[0].typ=AMCHECK").field());
    }

    @Test
    void an_empty_name_is_unknown_and_not_a_crash() {
        assertEquals("guard.", error(Vacuum.class, "guard..x=1").field());
        assertEquals(
                "has parts that are set one by one",
                error(Vacuum.class, "guard.=1").rule());
        assertEquals("", error(Vacuum.class, ".x=1").field());
    }

    @Test
    void secrets_are_found_however_deep() {
        assertTrue(SpecShape.holdsSecret(Register.class));
        assertFalse(SpecShape.holdsSecret(Provision.class));
        assertFalse(SpecShape.holdsSecret(RunDrill.class));
    }

    @Test
    void the_options_of_a_start_are_read_the_same_way() {
        var options = read(StartCommand.Options.class, "preview=true reason=\"full disk\"");
        assertTrue(options.preview());
        assertEquals("full disk", options.reason());
        assertNull(options.planDigest());
        assertEquals(
                "must be true or false",
                error(StartCommand.Options.class, "preview=yes").rule());
    }
}
