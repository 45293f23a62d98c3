package io.flotilla.text;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds which of many dotted keys somebody meant who wrote another. */
public final class NearestKey {
    private NearestKey() {}

    /**
     * The key that shares most pairs of neighbouring characters with {@code written}, in proportion to their lengths
     * (Dice's coefficient); of equals, the first. Unlike a count of typing errors, this forgives a part left out or in
     * the wrong place: {@code http-port} is near {@code listener.http-port}.
     *
     * @param keys not empty
     */
    public static String to(String written, List<String> keys) {
        Set<String> pairs = pairs(written);
        String nearest = keys.get(0);
        double most = -1;
        for (String key : keys) {
            double likeness = likeness(pairs, pairs(key));
            if (likeness > most) {
                most = likeness;
                nearest = key;
            }
        }
        return nearest;
    }

    private static double likeness(Set<String> a, Set<String> b) {
        long shared = a.stream().filter(b::contains).count();
        return 2.0 * shared / (a.size() + b.size());
    }

    private static Set<String> pairs(String text) {
        String bounded = " " + text + " "; // so that the first and the last character count as much as the others
        Set<String> pairs = new HashSet<>();
        for (int i = 0; i + 2 <= bounded.length(); i++) {
            pairs.add(bounded.substring(i, i + 2));
        }
        return pairs;
    }
}
