package io.pgbosun.cli;

/** The command line or the environment makes no sense: exit code 2. */
final class Misused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Misused(String message) {
        super(message);
    }
}
