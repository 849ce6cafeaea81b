package io.pgbosun.host;

/**
 * What goes on at a primary that minds when it is stopped.
 *
 * @param preparedTransactions transactions that are prepared and neither committed nor rolled back
 * @param longestWriteSeconds age of the oldest transaction that has written something; 0 when there is none
 * @param baseBackups base backups that are just taken
 * @param synchronousStandbyNames the setting; empty when commits wait for no standby
 */
public record ServerActivity(
        int preparedTransactions, double longestWriteSeconds, int baseBackups, String synchronousStandbyNames) {}
