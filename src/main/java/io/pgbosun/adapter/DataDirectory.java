package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.RecoveryTarget;
import io.pgbosun.problem.Problem;
import io.pgbosun.secret.Secret;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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

/** The files of one data directory: our settings in files of our own, and who runs there. */
record DataDirectory(Path path) {
    private static final String SETTINGS = "pgbosun.conf";
    private static final String RECOVERY = "pgbosun.recovery.conf";
    private static final String HBA = "pgbosun.hba.conf";
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
        return Files.isRegularFile(path.resolve("PG_VERSION"));
    }

    /** Beside the data directory, so that it outlives it and is in no base backup. */
    Path log() {
        return path.resolveSibling(path.getFileName() + ".log");
    }

    void configure(Map<String, String> settings) {
        FileTree.write(path.resolve(SETTINGS), lines(settings));
        include(SETTINGS);
    }

    void followPrimary(Endpoint primary, String slot, String applicationName) {
        var conninfo = Conninfo.basic(primary);
        conninfo.put("application_name", applicationName);
        if (primary.password() != null) {
            var passwords = path.resolve(PASSWORDS);
            FileTree.write(passwords, passwordLine(primary, primary.password()));
            conninfo.put("passfile", passwords.toString());
        }
        FileTree.write(
                path.resolve(RECOVERY),
                lines(Map.of("primary_conninfo", Conninfo.text(conninfo), "primary_slot_name", slot)));
        include(RECOVERY);
        FileTree.write(path.resolve(STANDBY), "");
    }

    boolean comesUpAsStandby() {
        return Files.exists(path.resolve(STANDBY));
    }

    void standAlone() {
        IoProblem.doing(path, "cannot be written", () -> {
            Files.deleteIfExists(path.resolve(STANDBY));
            FileTree.syncOne(path);
        });
    }

    /** As {@link #configure} wrote them. */
    Map<String, String> settings() {
        var file = path.resolve(SETTINGS);
        var text = IoProblem.asking(file, "cannot be read", () -> Files.readString(file));
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
        var line = IoProblem.asking(passwords, "cannot be read", () -> Files.readString(passwords));
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
    void prepareRecovery(Map<String, String> settings, String role, String restoreCommand, RecoveryTarget target) {
        for (var file : List.of("postgresql.conf", AUTO, "pg_hba.conf", "pg_ident.conf")) {
            make(file); // a server may have them elsewhere
        }
        var all = new TreeMap<>(settings);
        all.put("hba_file", path.resolve(HBA).toString()); // not taken as below the data directory otherwise
        FileTree.write(path.resolve(HBA), "# written by pgbosun\n" + hbaLine("all,replication", role));
        var recovery = recovery(restoreCommand, target);
        spare(all.keySet(), recovery.keySet());
        configure(all);
        FileTree.write(path.resolve(RECOVERY), lines(recovery));
        include(RECOVERY);
        // a copy of a standby has this one, and would follow for ever
        IoProblem.doing(path, "cannot be written", () -> Files.deleteIfExists(path.resolve(STANDBY)));
        FileTree.write(path.resolve("recovery.signal"), "");
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
        if (!Files.exists(path.resolve(file))) {
            FileTree.write(path.resolve(file), "");
        }
    }

    private void spare(Set<String> ours, Set<String> recovery) {
        var file = path.resolve(AUTO);
        var text = IoProblem.asking(file, "cannot be read", () -> Files.readString(file));
        FileTree.write(
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
    private static String hbaLine(String databases, String role) {
        return "host %s \"%s\" 127.0.0.1/32 md5\n".formatted(databases, role.replace("\"", "\"\""));
    }

    void endRecovery(Map<String, String> settings, String role) {
        FileTree.write(path.resolve(RECOVERY), lines(Map.of()));
        var hba = path.resolve("pg_hba.conf");
        var text = IoProblem.asking(hba, "cannot be read", () -> Files.readString(hba));
        var line = hbaLine("all", role);
        if (!text.contains(line)) {
            FileTree.write(hba, line + text);
        }
        configure(settings);
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
        var text = IoProblem.asking(configuration, "cannot be read", () -> Files.readString(configuration));
        if (text.lines().noneMatch(line::equals)) {
            FileTree.write(configuration, (text.endsWith("\n") ? text : text + "\n") + line + "\n");
        }
    }

    /** The server's process; empty when none runs there, also when a file of a dead one is left. */
    Optional<ProcessHandle> postmaster() {
        return postmasterLines().stream()
                .findFirst()
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())))
                .filter(this::livesHere);
    }

    /** Whether the process that was the server has ended and is a zombie still: PostgreSQL takes it for one that runs. */
    boolean waitsToBeReaped() {
        return postmasterLines().stream()
                .findFirst()
                .map(String::strip)
                .filter(DataDirectory::isZombie)
                .isPresent();
    }

    private static boolean isZombie(String pid) {
        try {
            var stat = Files.readString(Path.of("/proc", pid, "stat"));
            return stat.substring(stat.lastIndexOf(')') + 1).strip().startsWith("Z");
        } catch (IOException gone) {
            return false;
        }
    }

    /** Every process of a server there, those of one whose postmaster is dead too. */
    List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses().filter(this::livesHere).toList();
    }

    /** True when the server accepts connections. */
    boolean ready() {
        var lines = postmasterLines();
        return lines.size() > STATE_LINE
                && List.of("ready", "standby").contains(lines.get(STATE_LINE).strip());
    }

    private List<String> postmasterLines() {
        var file = path.resolve(POSTMASTER);
        return IoProblem.asking(file, "cannot be read", () -> {
            try {
                return Files.readAllLines(file);
            } catch (NoSuchFileException absent) {
                return List.of();
            }
        });
    }

    /** A process id may be another's by now; a server's working directory is its data directory. */
    private boolean livesHere(ProcessHandle process) {
        var directory = Path.of("/proc", String.valueOf(process.pid()), "cwd");
        if (!Files.exists(Path.of("/proc/self"))) {
            return process.isAlive();
        }
        try {
            return Files.readSymbolicLink(directory).equals(path.toRealPath());
        } catch (IOException gone) {
            return false; // it has ended, is a zombie, or is another user's and so none that we started
        }
    }

    /** The end of the server's log. */
    String logTail() {
        try (var file = Files.newByteChannel(log())) {
            file.position(Math.max(0, file.size() - LOG_TAIL_BYTES));
            return new String(Channels.newInputStream(file).readNBytes(LOG_TAIL_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(its log cannot be read: " + IoProblem.reason(e) + ")";
        }
    }
}
