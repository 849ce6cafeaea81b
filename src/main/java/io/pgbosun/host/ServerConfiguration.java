package io.pgbosun.host;

import java.util.List;

/**
 * What a server has not taken in of its configuration files.
 *
 * @param pendingRestart settings that wait for a restart
 * @param errors what is wrong in the files, each with file and line; with one of them nothing is taken in
 */
public record ServerConfiguration(List<String> pendingRestart, List<String> errors) {}
