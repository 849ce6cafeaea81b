package io.pgbosun.chatops;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Runs the delivery of {@link Replies} in every service that takes commands from Slack. */
@Singleton
class ReplyLoop {
    private final Replies replies;
    private final SlackSignatures signatures;
    private Thread thread;

    ReplyLoop(Replies replies, SlackSignatures signatures) {
        this.replies = replies;
        this.signatures = signatures;
    }

    void start(@Observes StartupEvent event) {
        if (signatures.wanted()) {
            thread = Thread.ofVirtual().name("chat-replies").start(replies::deliverAll);
        }
    }

    /** What is being posted just now is posted again by another service, or by this one when it is up again. */
    void stop(@Observes ShutdownEvent event) {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
