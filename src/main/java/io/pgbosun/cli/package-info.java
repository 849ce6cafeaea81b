/** The command-line client: talks only over the public REST API, and knows no other package of pgbosun. */
package io.pgbosun.cli;
