package io.pgbosun.operation;

import io.pgbosun.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Does together what several threads want done at the same moment: whoever comes while a group is under way waits for it
 * and goes with the next one. Nobody waits for company, and nobody whose group is done waits for another one.
 *
 * @param <I> what one thread wants
 * @param <O> what comes of it
 */
final class GroupCommit<I, O> {
    private static final int MOST = 256;

    private final Function<List<I>, List<O>> commit;
    private final Queue<Waiting<I, O>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean underWay = new AtomicBoolean();

    /**
     * Begins with nobody waiting.
     *
     * @param commit does a group, all of it or nothing; answers what came of each, in the same order
     */
    GroupCommit(Function<List<I>, List<O>> commit) {
        this.commit = commit;
    }

    private record Waiting<I, O>(I wanted, CompletableFuture<O> outcome) {}

    /** Does it, with others or alone; what a group fails with, each of it fails with. */
    O commit(I wanted) {
        var mine = new Waiting<I, O>(wanted, new CompletableFuture<>());
        queue.add(mine);
        lead();
        try {
            return mine.outcome().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException e) {
            throw Problem.stopping(e);
        }
    }

    /** Does one group unless another one is under way; who comes meanwhile is led by a thread of its own. */
    private void lead() {
        if (underWay.compareAndSet(false, true)) {
            try {
                commit(next());
            } finally {
                underWay.set(false);
            }
            if (!queue.isEmpty()) {
                Thread.startVirtualThread(this::lead);
            }
        }
    }

    private List<Waiting<I, O>> next() {
        var group = new ArrayList<Waiting<I, O>>();
        for (var one = queue.poll(); one != null; one = group.size() < MOST ? queue.poll() : null) {
            group.add(one);
        }
        return group;
    }

    private void commit(List<Waiting<I, O>> group) {
        if (group.isEmpty()) {
            return;
        }
        try {
            var outcomes = commit.apply(group.stream().map(Waiting::wanted).toList());
            for (int i = 0; i < group.size(); i++) {
                group.get(i).outcome().complete(outcomes.get(i));
            }
        } catch (RuntimeException | Error e) {
            if (group.size() > 1 && !(e instanceof Problem) && !(e instanceof Error)) {
                group.forEach(one -> commit(List.of(one))); // one of them is bad; the others shall not suffer for it
            } else {
                group.forEach(one -> one.outcome().completeExceptionally(e));
            }
        }
    }
}
