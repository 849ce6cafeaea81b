package io.pgbosun.adapter;

import java.util.List;
import java.util.UUID;

/** A computer that servers of PostgreSQL run on: this one, or one that is reached by SSH. Paths are names of its files. */
interface Machine {
    /** One run of a program of PostgreSQL there. */
    Program program(String name, List<String> arguments);

    /** Whether it is the service's own, where archives of WAL are. */
    boolean isOurs();

    MachineFiles files();

    MachineProcesses processes();

    /** A TCP port on the loopback interface that nothing listens on now. */
    int freePort();

    /** Ends what the operation has left there to go on without its run ({@link Program#lasting}). */
    void endLasting(UUID operation);
}
