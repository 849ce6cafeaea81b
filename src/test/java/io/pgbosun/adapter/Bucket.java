package io.pgbosun.adapter;

import java.util.List;

/** One bucket of S3 or one container of Azure, and what is in it, whoever has put it there. */
public interface Bucket {
    /** Its name. */
    String place();

    /** What creates a repository in it, as JSON. */
    String repository(String name);

    /** The keys of all objects. */
    List<String> keys();

    /** The keys of what was begun to be stored and was neither ended nor abandoned. */
    List<String> unfinished();
}
