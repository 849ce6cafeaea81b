package io.pgbosun.secret;

/**
 * A value that must not be seen: it prints as {@code ***}, and is written down only sealed by the {@link Vault}.
 *
 * <p>JSON: read from a plain string; never written in answers.
 */
public final class Secret {
    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    public static Secret of(String value) {
        return new Secret(value);
    }

    /** The value itself; to be handed to a driver or a program's environment and to nothing else. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && secret.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
