package io.pgbosun.api.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;

/** How deep a body may be nested and how long its parts may be; more than any request of ours needs. */
final class JsonLimits {
    static final int DEEPEST = 32;
    static final int LONGEST_TEXT = 100_000;
    static final int LONGEST_NUMBER = 100;
    static final int LONGEST_NAME = 1_000;

    private JsonLimits() {}

    static void set(ObjectMapper mapper) {
        mapper.getFactory()
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEEPEST)
                        .maxStringLength(LONGEST_TEXT)
                        .maxNumberLength(LONGEST_NUMBER)
                        .maxNameLength(LONGEST_NAME)
                        .build());
    }

    /** What a caller is told. */
    static String rule() {
        return "must be nested at most %d deep, with texts of at most %d characters, numbers of %d and names of %d"
                .formatted(DEEPEST, LONGEST_TEXT, LONGEST_NUMBER, LONGEST_NAME);
    }
}
