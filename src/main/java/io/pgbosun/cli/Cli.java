package io.pgbosun.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command-line client of pgbosun: speaks to the service over its public REST API, and to nothing else. */
@Command(
        name = Cli.NAME,
        description = "A control plane for PostgreSQL clusters: backups that are proven, maintenance, operations.",
        versionProvider = Cli.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done; of a command that starts an operation: the operation SUCCEEDED",
            "1:the operation did not succeed, checks block the plan, or the doctor found a failure",
            "2:the command line or the environment makes no sense",
            "3:the API refused",
            "4:the service does not answer"
        },
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  PGBOSUN_HTTP_PORT  port of the service on this machine (default 8080)",
            "  PGBOSUN_URL        of a service elsewhere, such as https://pg.example.com",
            "  PGBOSUN_TOKEN      who you are (default: read from $PGBOSUN_HOME/token)",
            "  PGBOSUN_PASSWORD   for 'clusters register', if no --password-file"
        })
public final class Cli implements Runnable {
    static final String NAME = "./pgbosun";
    static final int OK = 0;
    static final int NOT_SUCCEEDED = 1;
    static final int USAGE = 2;
    static final int REFUSED = 3;
    static final int UNREACHABLE = 4;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and exit.")
    private boolean version;

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        try {
            return run(Session.ofProcess(System.getenv()), arguments);
        } catch (Misused e) {
            System.err.println(e.getMessage());
            return USAGE;
        }
    }

    static int run(Session session, String... arguments) {
        return commandLine(session).execute(arguments);
    }

    static CommandLine commandLine(Session session) {
        return new CommandLine(new Cli())
                .addSubcommand(new Quickstart(session))
                .addSubcommand(new ClustersCommand(session))
                .addSubcommand(new BackupsCommand(session))
                .addSubcommand(new BackupPoliciesCommand(session))
                .addSubcommand(new RestoresCommand(session))
                .addSubcommand(new DrillsCommand(session))
                .addSubcommand(new RepositoriesCommand(session))
                .addSubcommand(new SchedulesCommand(session))
                .addSubcommand(new HostsCommand(session))
                .addSubcommand(new WalCommand(session))
                .addSubcommand(new RecoverabilityCommand(session))
                .addSubcommand(new ReplicationCommand(session))
                .addSubcommand(new SwitchoversCommand(session))
                .addSubcommand(new FailoversCommand(session))
                .addSubcommand(new PatroniCommand(session))
                .addSubcommand(new PoolersCommand(session))
                .addSubcommand(new MaintenanceCommand(session))
                .addSubcommand(new OperationsCommand(session))
                .addSubcommand(new TokensCommand(session))
                .addSubcommand(new AuditCommand(session))
                .addSubcommand(new DoctorCommand(session))
                .setOut(new PrintWriter(session.out(), true))
                .setErr(new PrintWriter(session.err(), true))
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler((e, command, parsed) -> told(session, e));
    }

    /** Called when no command was given. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Give a command.");
    }

    private static int told(Session session, Exception e) throws Exception {
        return switch (e) {
            case Misused misused -> {
                session.err().println(misused.getMessage());
                yield USAGE;
            }
            case Refused refused -> refused(session, refused);
            case Unreachable unreachable -> {
                session.err()
                        .printf(
                                "The service at %s does not answer: %s.%n",
                                unreachable.url(), unreachable.getMessage());
                session.err().printf("Start it with '%s start', or set PGBOSUN_URL when it is elsewhere.%n", NAME);
                yield UNREACHABLE;
            }
            default -> throw e;
        };
    }

    private static int refused(Session session, Refused refused) {
        ProblemPage.print(session.err(), refused.problem());
        if (refused.status() == 401) {
            var settings = session.api().settings();
            var found = settings.token().isPresent() ? "The token is from " : "No token was found in ";
            session.err()
                    .println("  " + found + settings.tokenPlace() + "; PGBOSUN_TOKEN or PGBOSUN_HOME can say another.");
        }
        return REFUSED;
    }

    /** The version that the build has put into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            var properties = new Properties();
            try (var file = Cli.class.getResourceAsStream("/META-INF/maven/io.pgbosun/pgbosun/pom.properties")) {
                if (file != null) {
                    properties.load(file);
                }
            }
            return new String[] {"pgbosun " + properties.getProperty("version", "(built in place)")};
        }
    }
}
