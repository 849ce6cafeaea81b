package io.pgbosun.chatops;

import io.pgbosun.store.Json;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Posts answers to response URLs. These come with requests, so that only those of Slack itself are ever posted to, and
 * those of {@code PGBOSUN_CHAT_SLACK_RESPONSE_HOSTS}: names, with a port when only that one is meant, cut by commas.
 */
@Singleton
class Responses {
    private static final Logger LOG = Logger.getLogger(Responses.class);
    private static final String SLACK = "hooks.slack.com";
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final int WHOLE_SECONDS = 6;

    private final Json json;
    private final Set<String> hosts;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    Responses(Json json, @ConfigProperty(name = "pgbosun.chat.slack.response.hosts") Optional<Set<String>> hosts) {
        this.json = json;
        this.hosts = hosts.orElse(Set.of());
    }

    /** What came of a post. */
    enum Posted {
        TAKEN,
        /** It is of no use to try again. */
        REFUSED,
        FAILED
    }

    /** Whether we post there at all. */
    boolean allowed(String url) {
        return uri(url).isPresent();
    }

    private Optional<URI> uri(String url) {
        try {
            return url == null ? Optional.empty() : Optional.of(new URI(url)).filter(this::allowed);
        } catch (URISyntaxException e) {
            return Optional.empty(); // what is no URL is not posted to
        }
    }

    private boolean allowed(URI uri) {
        if (uri.getHost() == null || uri.getRawUserInfo() != null) {
            return false;
        }
        var slack = uri.getHost().equalsIgnoreCase(SLACK) && (uri.getPort() == -1 || uri.getPort() == 443);
        if (slack) {
            return "https".equalsIgnoreCase(uri.getScheme());
        }
        var web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
        return web && (hosts.contains(uri.getHost()) || hosts.contains(uri.getHost() + ":" + uri.getPort()));
    }

    Posted post(String url, ChatAnswer answer) {
        var uri = uri(url);
        if (uri.isEmpty()) {
            return Posted.REFUSED;
        }
        var request = HttpRequest.newBuilder(uri.get())
                .timeout(Duration.ofSeconds(WHOLE_SECONDS))
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(json.show(answer)))
                .build();
        var sent = http.sendAsync(request, HttpResponse.BodyHandlers.discarding());
        try {
            // the request's own timeout ends with the header of the response, not with its body
            return posted(uri.get(), sent.get(WHOLE_SECONDS, TimeUnit.SECONDS).statusCode());
        } catch (ExecutionException | TimeoutException e) {
            sent.cancel(true);
            LOG.infof("post to %s: %s", uri.get().getHost(), e.getCause() == null ? "no answer in time" : e.getCause());
            return Posted.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Posted.FAILED;
        }
    }

    /** Slack answers 404 to a URL that has expired or was used up. */
    private static Posted posted(URI uri, int status) {
        if (status / 100 == 2) {
            return Posted.TAKEN;
        }
        LOG.infof("post to %s: status %d", uri.getHost(), status);
        return status / 100 == 4 && status != 429 && status != 408 ? Posted.REFUSED : Posted.FAILED;
    }
}
