package io.flotilla.metadata.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds what somebody most likely meant to write. */
final class NearestName {
    private NearestName() {}

    /**
     * The name that takes the fewest single-character changes to get to from {@code written}; of equals, the first.
     *
     * @param names not empty
     */
    static String to(String written, Collection<String> names) {
        return names.stream()
                .min(Comparator.comparingInt(name -> distance(written, name)))
                .orElseThrow(
                        () -> new IllegalArgumentException("there is no name to choose '%s' from".formatted(written)));
    }

    /** Levenshtein's distance: characters to insert, delete or replace; by rows of the usual table. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
