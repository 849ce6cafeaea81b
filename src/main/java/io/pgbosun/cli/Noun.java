package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** What is said of one kind of thing: its verbs are the methods of the class. */
abstract class Noun {
    final Session session;

    Noun(Session session) {
        this.session = session;
    }

    final JsonNode send(Call call) {
        return session.api().send(call);
    }
}
