package io.pgbosun.chatops;

import java.util.List;

/**
 * One word of a command: {@code value}, or {@code name=value}.
 *
 * @param name what stands before the {@code =}; null for a bare word
 * @param text the value, without its quotes
 * @param items the value cut at the commas that are not quoted; never empty
 */
record Argument(String name, String text, List<String> items) {
    boolean bare() {
        return name == null;
    }
}
