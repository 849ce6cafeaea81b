package io.pgbosun.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The environment variables that the product reads, as its sources have them. */
final class Settings {
    /** {@code @ConfigProperty(name = "pgbosun.x")}, and {@code ${pgbosun.x:…}} in application.properties. */
    private static final Pattern PROPERTY = Pattern.compile("(?:name = \"|\\$\\{)(pgbosun(?:\\.[a-z]+)+)");
    /** Read from the environment as it is, by the client and by what looks for PostgreSQL's programs. */
    private static final Pattern READ =
            Pattern.compile("(?:given\\(environment, |environment\\(|environment\\.get\\()\"(PGBOSUN_[A-Z_]+)\"");

    private Settings() {}

    static Set<String> all() throws IOException {
        var names = new TreeSet<String>();
        try (var files = Stream.concat(
                Files.walk(Path.of("src/main/java")),
                Stream.of(Path.of("src/main/resources/application.properties")))) {
            files.filter(Files::isRegularFile).forEach(file -> add(names, file));
        }
        return names;
    }

    private static void add(Set<String> names, Path file) {
        try {
            var text = Files.readString(file);
            PROPERTY.matcher(text)
                    .results()
                    .map(found -> found.group(1).replace('.', '_').toUpperCase(Locale.ROOT))
                    .forEach(names::add);
            READ.matcher(text).results().map(found -> found.group(1)).forEach(names::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
