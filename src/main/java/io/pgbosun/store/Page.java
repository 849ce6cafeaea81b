package io.pgbosun.store;

import io.pgbosun.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * One page of a list, by keyset (AIP-158).
 *
 * @param items at most as many as asked for
 * @param nextPageToken where to go on; null on the last page
 */
public record Page<T>(List<T> items, String nextPageToken) {
    public static final int DEFAULT_SIZE = 50;
    public static final int MAX_SIZE = 500;

    /**
     * What a caller asks for.
     *
     * @param after the place after which to go on, or null for the first page
     * @param size how many items
     * @param filter digest of the other arguments, to which a token belongs
     */
    public record Request(String after, int size, String filter) {
        /**
         * Reads the arguments of a list call; too large a size is lowered, a token of another list is refused.
         *
         * @param filter the other arguments of the call
         */
        public static Request of(Integer pageSize, String pageToken, Object filter) {
            var digest = Integer.toHexString(String.valueOf(filter).hashCode());
            if (pageSize != null && pageSize < 0) {
                throw Problem.invalid(
                        "pageSize", "must not be negative", "Leave it out or ask for 1 to " + MAX_SIZE + ".");
            }
            var size = pageSize == null || pageSize == 0 ? DEFAULT_SIZE : Math.min(pageSize, MAX_SIZE);
            return new Request(after(pageToken, digest), size, digest);
        }

        private static String after(String token, String digest) {
            if (token == null || token.isEmpty()) {
                return null;
            }
            try {
                var text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
                var cut = text.indexOf(' ');
                if (cut > 0 && text.substring(0, cut).equals(digest)) {
                    return text.substring(cut + 1);
                }
            } catch (IllegalArgumentException e) {
                // said below: a token that is no base 64 is as foreign as one of another list
            }
            throw foreign();
        }

        /** The place as an id, or null for the first page; a token that was not made here is refused. */
        public UUID afterId() {
            try {
                return after == null ? null : UUID.fromString(after);
            } catch (IllegalArgumentException e) {
                throw foreign();
            }
        }

        /** What a token is answered with that this list has not made. */
        public static Problem foreign() {
            return Problem.invalid(
                    "pageToken",
                    "is not a token of this list with these arguments",
                    "Start again without it, and change no other argument between pages.");
        }

        /** One more than the page holds, to see whether there is a next one. */
        public int limit() {
            return size + 1;
        }

        /** Makes the page of rows fetched with {@link #limit()}. */
        public <R, T> Page<T> of(List<R> rows, Function<R, T> item, Function<R, String> place) {
            var more = rows.size() > size;
            var shown = more ? rows.subList(0, size) : rows;
            var token = more
                    ? Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(
                                    (filter + " " + place.apply(shown.getLast())).getBytes(StandardCharsets.UTF_8))
                    : null;
            return new Page<>(shown.stream().map(item).toList(), token);
        }
    }
}
