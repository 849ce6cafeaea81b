package io.pgbosun.host;

/**
 * How the service logs in to a host by SSH, with its own key.
 *
 * @param hostKey the one key that the host may show, as OpenSSH writes public keys: {@code ssh-ed25519 AAAA...}
 * @param binDirectory where the programs of PostgreSQL are there; null for those of the newest version below {@code
 *     /usr/lib/postgresql}
 */
public record SshLogin(String address, int port, String user, String hostKey, String binDirectory) {}
