package io.flotilla.broker.grpc;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** Lists page by page: a page token is the name of the last item of the page before. */
final class Pages {
    private static final int DEFAULT_SIZE = 100;
    private static final int MAX_SIZE = 1000;

    private Pages() {}

    /** @param nextToken empty on the last page */
    record Page<T>(List<T> items, String nextToken) {}

    /**
     * @param sorted by {@code name}
     * @param size 0 = default
     */
    static <T> Page<T> of(Collection<T> sorted, Function<T, String> name, int size, String token) {
        if (size < 0) {
            throw Errors.invalid("page_size is %d; must be 0 (default) to %d".formatted(size, MAX_SIZE));
        }
        int limit = size == 0 ? DEFAULT_SIZE : Math.min(size, MAX_SIZE);
        List<T> rest = sorted.stream()
                .filter(item -> token.isEmpty() || name.apply(item).compareTo(token) > 0)
                .limit(limit + 1L)
                .toList();
        return rest.size() <= limit
                ? new Page<>(rest, "")
                : new Page<>(rest.subList(0, limit), name.apply(rest.get(limit - 1)));
    }
}
