package io.pgbosun.chatops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResponsesTest {
    private final Responses alone = new Responses(null, Optional.empty());
    private final Responses open = new Responses(null, Optional.of(Set.of("127.0.0.1", "chat.example:8443")));

    @Test
    void slack_itself_is_posted_to_over_https_alone() {
        assertTrue(alone.allowed("https://hooks.slack.com/commands/1234/5678"));
        assertTrue(alone.allowed("https://HOOKS.slack.com:443/commands/1234/5678"));
        for (var url : List.of(
                "http://hooks.slack.com/x",
                "https://hooks.slack.com:8443/x",
                "https://evil@hooks.slack.com/x",
                "https://hooks.slack.com@evil.example/x",
                "https://hooks.slack.com.evil.example/x",
                "https://evil.example/hooks.slack.com",
                "https://evil.example#hooks.slack.com",
                "https://evil.example\\@hooks.slack.com/",
                "file://hooks.slack.com/etc/passwd",
                "//hooks.slack.com/x",
                "https:/hooks.slack.com/x",
                "",
                "http://127.0.0.1:8080/",
                "http://[::1]/",
                "http://169.254.169.254/latest/meta-data")) {
            assertFalse(alone.allowed(url), url);
        }
        assertFalse(alone.allowed(null));
    }

    @Test
    void other_hosts_are_posted_to_when_they_are_named_with_their_port_if_that_is_named() {
        assertTrue(open.allowed("http://127.0.0.1:12345/x"));
        assertTrue(open.allowed("https://chat.example:8443/x"));
        assertFalse(open.allowed("https://chat.example/x"));
        assertFalse(open.allowed("ftp://127.0.0.1/x"));
        assertTrue(open.allowed("https://hooks.slack.com/x"));
    }

    @Test
    void nothing_is_sent_where_posting_is_not_allowed() {
        assertEquals(Responses.Posted.REFUSED, alone.post("http://127.0.0.1:1/x", ChatAnswer.toAsker("hello")));
    }
}
