package io.pgbosun.cluster;

/** WAL that a server has left behind which does not run any more; provided by the feature that archives WAL. */
public interface LeftWal {
    /**
     * Archives what the server had ready and its archiver had not come to; nothing happens for a cluster whose WAL is not archived by
     * a script of ours. A problem says what is not archived, and why.
     */
    void archive(String cluster, InstanceRecord instance);
}
