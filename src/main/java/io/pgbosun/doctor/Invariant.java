package io.pgbosun.doctor;

/** Something that must always be true of an installation. Looking changes nothing and takes no lock. */
interface Invariant {
    /** Such as {@code I2}. */
    String id();

    /** What must be true, in one sentence. */
    String title();

    void examine(Scope scope, Examination examination);
}
