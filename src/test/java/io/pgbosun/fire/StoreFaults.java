package io.pgbosun.fire;

import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/** Says at each use of the control database whether it goes wrong there, and how. */
@Alternative
@Singleton
class StoreFaults {
    /** How a use of the control database goes wrong. */
    enum Fault {
        /** Refused with 40001: it would have to be done again. */
        SERIALIZATION,
        /** Refused with 40P01. */
        DEADLOCK,
        /** Ended by the server after its statement_timeout, with 57014. */
        TIMEOUT,
        /** The connection breaks before the server has heard of it. */
        LOST_BEFORE,
        /** The server has done it, and the connection breaks before it can say so. */
        LOST_AFTER
    }

    private final Map<Fault, Integer> hits = new EnumMap<>(Fault.class);
    private Random random = new Random();
    private double share;
    private int uses;

    /** From now on that share of all uses goes wrong. */
    synchronized void begin(Random chance, double often) {
        random = chance;
        share = often;
    }

    synchronized void end() {
        share = 0;
    }

    /** Null when all is well. */
    synchronized Fault next() {
        uses++;
        if (share == 0 || random.nextDouble() >= share) {
            return null;
        }
        var fault = Fault.values()[random.nextInt(Fault.values().length)];
        hits.merge(fault, 1, Integer::sum);
        return fault;
    }

    synchronized Map<Fault, Integer> hits() {
        return new EnumMap<>(hits);
    }

    synchronized int uses() {
        return uses;
    }
}
