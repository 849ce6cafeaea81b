package io.pgbosun.host;

import io.pgbosun.secret.Secret;
import java.net.URI;
import java.util.List;

/**
 * Where the Patroni of a cluster is reached, and how.
 *
 * @param urls of the REST APIs that are asked one after the other until one answers, such as {@code http://10.0.0.7:8008}
 * @param username for requests that change something; null when it asks for none
 * @param caCertificate PEM of who signed the certificates of {@code https} URLs; null for those that Java knows
 */
public record PatroniApi(List<URI> urls, String username, Secret password, String caCertificate) {}
