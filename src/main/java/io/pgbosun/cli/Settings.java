package io.pgbosun.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the service is and how we say who we are.
 *
 * @param url of the service, without a slash at its end
 * @param tokenFile where the token is read from when the environment has none
 */
record Settings(String url, Path tokenFile, Map<String, String> environment) {
    /** Checked here because the HTTP client would show a value that it does not like. */
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

    static Settings of(Map<String, String> environment) {
        var port = given(environment, "PGBOSUN_HTTP_PORT").orElse("8080");
        var url = given(environment, "PGBOSUN_URL")
                .orElse("http://127.0.0.1:" + port)
                .replaceAll("/+$", "");
        var home = given(environment, "PGBOSUN_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".pgbosun"));
        return new Settings(checked(url), home.resolve("token"), Map.copyOf(environment));
    }

    private static String checked(String url) {
        try {
            var uri = URI.create(url);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new Misused("PGBOSUN_URL is '" + url + "', which is no URL such as http://127.0.0.1:8080");
    }

    /** The state folder. */
    Path home() {
        return tokenFile.toAbsolutePath().getParent();
    }

    /** Empty when there is none: the service then says what is missing. */
    Optional<String> token() {
        var given = environmentToken();
        var token = given.isPresent() ? given : read(tokenFile);
        if (token.filter(text -> !TOKEN.matcher(text).matches()).isPresent()) {
            throw new Misused("what is in " + tokenPlace() + " is no token: it has characters that none has");
        }
        return token;
    }

    /** In words, never the token itself. */
    String tokenPlace() {
        return environmentToken().isPresent() ? "the environment variable PGBOSUN_TOKEN" : tokenFile.toString();
    }

    private Optional<String> environmentToken() {
        return given(environment, "PGBOSUN_TOKEN");
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> given(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    @Override
    public String toString() {
        return url;
    }
}
