package io.pgbosun.host;

/**
 * How far a piece of work has come, as its own source tells.
 *
 * @param phase what is going on, in the source's words
 * @param done units done, or -1 when not measured
 * @param total units in all, or -1 when not known
 * @param unit what is counted, such as {@code blocks} or {@code bytes}
 * @param source where the figures come from, such as {@code pg_stat_progress_vacuum}
 */
public record Progress(String phase, long done, long total, String unit, String source) {
    public static Progress phase(String phase) {
        return new Progress(phase, -1, -1, "", "step");
    }
}
