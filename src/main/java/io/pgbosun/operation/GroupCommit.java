package io.pgbosun.operation;

import io.pgbosun.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Does together what several threads want done at the same moment: whoever comes while a group is under way waits for it
 * and goes with the next one. Nobody waits for company.
 *
 * @param <I> what one thread wants
 * @param <O> what comes of it
 */
final class GroupCommit<I, O> {
    private static final int MOST = 256;

    private final Function<List<I>, List<O>> commit;
    private final Queue<Waiting<I, O>> queue = new ConcurrentLinkedQueue<>();
    private final ReentrantLock underWay = new ReentrantLock();

    /**
     * Begins with nobody waiting.
     *
     * @param commit does a group, all of it or nothing; answers what came of each, in the same order
     */
    GroupCommit(Function<List<I>, List<O>> commit) {
        this.commit = commit;
    }

    /** Only the thread that holds the lock changes it. */
    private static final class Waiting<I, O> {
        private final I wanted;
        private O outcome;
        private RuntimeException failure;
        private boolean done;

        Waiting(I wanted) {
            this.wanted = wanted;
        }
    }

    /** Does it, with others or alone; what a group fails with, each of it fails with. */
    O commit(I wanted) {
        var mine = new Waiting<I, O>(wanted);
        queue.add(mine);
        underWay.lock();
        try {
            while (!mine.done) {
                commit(next());
            }
        } finally {
            underWay.unlock();
        }
        if (mine.failure != null) {
            throw mine.failure;
        }
        return mine.outcome;
    }

    private List<Waiting<I, O>> next() {
        var group = new ArrayList<Waiting<I, O>>();
        for (var one = queue.poll(); one != null; one = group.size() < MOST ? queue.poll() : null) {
            group.add(one);
        }
        return group;
    }

    private void commit(List<Waiting<I, O>> group) {
        try {
            var outcomes = commit.apply(group.stream().map(one -> one.wanted).toList());
            for (int i = 0; i < group.size(); i++) {
                group.get(i).outcome = outcomes.get(i);
                group.get(i).done = true;
            }
        } catch (RuntimeException e) {
            if (group.size() > 1 && !(e instanceof Problem)) {
                group.forEach(one -> commit(List.of(one))); // one of them is bad; the others shall not suffer for it
            } else {
                group.forEach(one -> {
                    one.failure = e;
                    one.done = true;
                });
            }
        }
    }
}
