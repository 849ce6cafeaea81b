package io.pgbosun.host;

import java.util.List;

/** What runs may have left at a server. */
public record ServerTraces(List<String> slots, List<Session> sessions) {
    /**
     * A session of a run.
     *
     * @param tag such as {@code pgbosun:<operation>:<epoch>}
     * @param since when it was opened
     */
    public record Session(int pid, String tag, String since) {}
}
