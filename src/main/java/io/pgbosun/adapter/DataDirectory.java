package io.pgbosun.adapter;

import io.pgbosun.host.Admitted;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.RecoveryTarget;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of one data directory: our settings in files of our own, and who runs there. */
record DataDirectory(Machine machine, Path path) {
    private static final String SETTINGS = "pgbosun.conf";
    private static final String RECOVERY = "pgbosun.recovery.conf";
    private static final String HBA = "pgbosun.hba.conf";
    /** At the end of the lines of {@code pg_hba.conf} that let networks in. */
    private static final String ADMITTED = "# of the host's networks, by pgbosun";

    private static final String AUTO = "postgresql.auto.conf";
    private static final String PASSWORDS = "pgbosun.pgpass";
    private static final Pattern PASSWORD_FIELD = Pattern.compile("(?:[^\\\\:]|\\\\.)+");
    private static final int PASSWORD_FIELDS = 5;
    private static final String STANDBY = "standby.signal";
    private static final Pattern SETTING = Pattern.compile("^(\\S+) = '((?:[^'\\\\]|''|\\\\.)*)'$", Pattern.MULTILINE);
    private static final Pattern ESCAPED = Pattern.compile("''|\\\\.");
    private static final String POSTMASTER = "postmaster.pid";
    /** The line of postmaster.pid that tells the state. */
    private static final int STATE_LINE = 7;

    private static final int LOG_TAIL_BYTES = 4096;

    boolean initialized() {
        return files().isFile(path.resolve("PG_VERSION"));
    }

    private MachineFiles files() {
        return machine.files();
    }

    private String text(Path file) {
        return files().read(file)
                .orElseThrow(() -> Problem.of(
                        ProblemType.PROGRAM_FAILED,
                        file + " cannot be read: there is no such file.",
                        Map.of("path", file.toString())));
    }

    /** Beside the data directory, so that it outlives it and is in no base backup. */
    Path log() {
        return log(path);
    }

    static Path log(Path path) {
        return path.resolveSibling(path.getFileName() + ".log");
    }

    void configure(Map<String, String> settings) {
        files().write(path.resolve(SETTINGS), lines(settings));
        include(SETTINGS);
    }

    void admit(List<String> networks) {
        var hba = path.resolve("pg_hba.conf");
        var text = text(hba);
        var others = text.lines().filter(line -> !line.endsWith(ADMITTED)).map(line -> line + "\n");
        var ours = networks.stream()
                .flatMap(network -> Stream.of("all", "replication")
                        .map(databases -> "host %s all %s scram-sha-256 %s\n".formatted(databases, network, ADMITTED)));
        files().write(hba, Stream.concat(ours, others).collect(Collectors.joining()));
    }

    void followPrimary(Endpoint primary, String slot, String applicationName) {
        var conninfo = Conninfo.basic(primary);
        conninfo.put("application_name", applicationName);
        if (primary.password() != null) {
            var passwords = path.resolve(PASSWORDS);
            files().write(passwords, passwordLine(primary, primary.password()));
            conninfo.put("passfile", passwords.toString());
        }
        files().write(
                        path.resolve(RECOVERY),
                        lines(Map.of("primary_conninfo", Conninfo.text(conninfo), "primary_slot_name", slot)));
        include(RECOVERY);
        files().write(path.resolve(STANDBY), "");
    }

    boolean comesUpAsStandby() {
        return files().exists(path.resolve(STANDBY));
    }

    void standAlone() {
        files().delete(path.resolve(STANDBY));
    }

    /** As {@link #configure} wrote them. */
    Map<String, String> settings() {
        var file = path.resolve(SETTINGS);
        var text = text(file);
        var settings = new TreeMap<String, String>();
        SETTING.matcher(text).results().forEach(line -> settings.put(line.group(1), unquoted(line.group(2))));
        return settings;
    }

    private static String unquoted(String quoted) {
        return ESCAPED.matcher(quoted).replaceAll(escaped -> switch (escaped.group()) {
            case "\\n" -> "\n";
            case "\\r" -> "\r";
            default -> Matcher.quoteReplacement(escaped.group().substring(1));
        });
    }

    /** From its line of {@code .pgpass}, which holds all there is to a login. */
    Endpoint upstream() {
        var passwords = path.resolve(PASSWORDS);
        var line = text(passwords);
        var fields = PASSWORD_FIELD
                .matcher(line.strip())
                .results()
                .map(field -> field.group().replaceAll("\\\\(.)", "$1"))
                .toList();
        if (fields.size() != PASSWORD_FIELDS) {
            throw Problem.notPossible(
                    "'" + passwords + "' was changed by another hand: one line of five fields is wanted.");
        }
        return new Endpoint(
                fields.get(0), Integer.parseInt(fields.get(1)), fields.get(3), Secret.of(fields.get(4)), "disable");
    }

    /** The settings of an ALTER SYSTEM on the source would count for more than ours: those with the same names go. */
    void prepareRecovery(
            Map<String, String> settings, Admitted admitted, String restoreCommand, RecoveryTarget target) {
        for (var file : List.of("postgresql.conf", AUTO, "pg_hba.conf", "pg_ident.conf")) {
            make(file); // a server may have them elsewhere
        }
        var all = new TreeMap<>(settings);
        all.put("hba_file", path.resolve(HBA).toString()); // not taken as below the data directory otherwise
        files().write(path.resolve(HBA), "# written by pgbosun\n" + hbaLines("all,replication", admitted));
        var recovery = recovery(restoreCommand, target);
        spare(all.keySet(), recovery.keySet());
        configure(all);
        files().write(path.resolve(RECOVERY), lines(recovery));
        include(RECOVERY);
        // a copy of a standby has this one, and would follow for ever
        files().delete(path.resolve(STANDBY));
        files().write(path.resolve("recovery.signal"), "");
    }

    private static Map<String, String> recovery(String restoreCommand, RecoveryTarget target) {
        var settings = new TreeMap<String, String>();
        settings.put("primary_conninfo", "");
        settings.put("primary_slot_name", "");
        settings.put("archive_cleanup_command", "");
        settings.put("recovery_end_command", "");
        settings.put("recovery_min_apply_delay", "0");
        settings.put("recovery_target_action", "promote");
        settings.put("recovery_target_inclusive", target.inclusive() ? "on" : "off");
        settings.put(
                "recovery_target_timeline",
                target.timeline() == null ? "latest" : target.timeline().toString());
        settings.put("restore_command", restoreCommand == null ? "false" : restoreCommand);
        switch (target.type()) {
            case IMMEDIATE -> settings.put("recovery_target", "immediate");
            case TIME -> settings.put("recovery_target_time", target.value());
            case LSN -> settings.put("recovery_target_lsn", target.value());
            case XID -> settings.put("recovery_target_xid", target.value());
            case NAME -> settings.put("recovery_target_name", target.value());
            case LATEST -> {}
        }
        return settings;
    }

    private void make(String file) {
        if (!files().exists(path.resolve(file))) {
            files().write(path.resolve(file), "");
        }
    }

    private void spare(Set<String> ours, Set<String> recovery) {
        var file = path.resolve(AUTO);
        var text = text(file);
        files().write(
                        file,
                        text.lines()
                                .filter(line -> {
                                    var name = line.split("[ =]", 2)[0].toLowerCase(Locale.ROOT);
                                    return !ours.contains(name)
                                            && !recovery.contains(name)
                                            && !name.startsWith("recovery_target");
                                })
                                .map(line -> line + "\n")
                                .collect(Collectors.joining()));
    }

    /** {@code md5} takes passwords that are stored by SCRAM too. */
    private static String hbaLines(String databases, Admitted admitted) {
        var role = admitted.role().replace("\"", "\"\"");
        return admitted.networks().stream()
                .map(network -> "host %s \"%s\" %s md5\n".formatted(databases, role, network))
                .collect(Collectors.joining());
    }

    void endRecovery(Admitted admitted) {
        files().write(path.resolve(RECOVERY), lines(Map.of()));
        var hba = path.resolve("pg_hba.conf");
        var text = text(hba);
        var lines = hbaLines("all", admitted);
        if (!text.contains(lines)) {
            files().write(hba, lines + text);
        }
    }

    /** As {@code .pgpass} has it: host, port, database, user, password. */
    private static String passwordLine(Endpoint primary, Secret password) {
        var host = passwordField(primary.address());
        var user = passwordField(primary.username());
        return host + ":" + primary.port() + ":*:" + user + ":" + passwordField(password.reveal()) + "\n";
    }

    private static String passwordField(String text) {
        return text.replace("\\", "\\\\").replace(":", "\\:");
    }

    private static String lines(Map<String, String> settings) {
        return new TreeMap<>(settings)
                .entrySet().stream()
                        .map(setting -> name(setting.getKey()) + " = " + quoted(setting.getValue()) + "\n")
                        .collect(Collectors.joining("", "# written by pgbosun: changes are lost\n", ""));
    }

    private static String name(String name) {
        if (!name.matches("[A-Za-z_][A-Za-z0-9_.$]*")) {
            throw Problem.notPossible("'" + name + "' is not the name of a setting.");
        }
        return name;
    }

    private static String quoted(String value) {
        return "'"
                + value.replace("\\", "\\\\")
                        .replace("'", "''")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r") + "'";
    }

    /** Once, at the end, so that our settings count. */
    private void include(String file) {
        var configuration = path.resolve("postgresql.conf");
        var line = "include_if_exists '" + file + "'";
        var text = text(configuration);
        if (text.lines().noneMatch(line::equals)) {
            files().write(configuration, (text.endsWith("\n") ? text : text + "\n") + line + "\n");
        }
    }

    /**
     * The server's process; empty when none runs there, also when a file of a dead one is left: a process id may be another's
     * by now.
     */
    Optional<Long> postmaster() {
        return pid().filter(pid -> machine.processes().livesIn(pid, path));
    }

    /** Whether the process that was the server has ended and is a zombie still: PostgreSQL takes it for one that runs. */
    boolean waitsToBeReaped() {
        return pid().filter(pid -> machine.processes().isZombie(pid)).isPresent();
    }

    private Optional<Long> pid() {
        return postmasterLines().stream().findFirst().map(pid -> Long.valueOf(pid.strip()));
    }

    /** Every process of a server there, those of one whose postmaster is dead too. */
    List<Long> processes() {
        return machine.processes().in(path);
    }

    /** True when the server accepts connections. */
    boolean ready() {
        var lines = postmasterLines();
        return lines.size() > STATE_LINE
                && List.of("ready", "standby").contains(lines.get(STATE_LINE).strip());
    }

    private List<String> postmasterLines() {
        return files().read(path.resolve(POSTMASTER)).stream()
                .flatMap(String::lines)
                .toList();
    }

    /** The end of the server's log. */
    String logTail() {
        try {
            return files().tail(log(), LOG_TAIL_BYTES).orElse("(it has no log)");
        } catch (Problem problem) {
            return "(" + problem.detail() + ")";
        }
    }
}
