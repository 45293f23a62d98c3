package io.flotilla.metadata.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which texts a setting takes. */
sealed interface ValueRule {
    TopicConfigKey.Type type();

    boolean allows(String value);

    /** What is allowed, to go after "must be". */
    String describe();

    /**
     * A whole number in ASCII digits, as Kafka takes it: no unit, no sign but a minus, no blanks.
     *
     * @param max inclusive, as is {@code min}
     */
    record WholeNumber(TopicConfigKey.Type type, long min, long max) implements ValueRule {
        @Override
        public boolean allows(String value) {
            return parse(value).filter(n -> n >= min && n <= max).isPresent();
        }

        private static Optional<Long> parse(String value) {
            // Long.parseLong alone would also take a plus and the digits of other scripts
            if (value.isEmpty() || !value.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'))) {
                return Optional.empty();
            }
            try {
                return Optional.of(Long.parseLong(value));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }

        @Override
        public String describe() {
            return "a whole number of %s from %d to %d"
                    .formatted(type == TopicConfigKey.Type.BYTES ? "bytes" : "milliseconds", min, max);
        }
    }

    /** A decimal number from 0 to 1 in ASCII digits. */
    record Ratio() implements ValueRule {
        private static final Pattern SHAPE = Pattern.compile("0|1|[01]?\\.[0-9]{1,6}");

        @Override
        public TopicConfigKey.Type type() {
            return TopicConfigKey.Type.RATIO;
        }

        @Override
        public boolean allows(String value) {
            return SHAPE.matcher(value).matches() && Double.parseDouble(value) <= 1;
        }

        @Override
        public String describe() {
            return "a number from 0 to 1";
        }
    }

    /** One of a few words, spelled exactly so. */
    record OneOf(List<String> words) implements ValueRule {
        public OneOf {
            words = List.copyOf(words);
        }

        @Override
        public TopicConfigKey.Type type() {
            return TopicConfigKey.Type.WORD;
        }

        @Override
        public boolean allows(String value) {
            return words.contains(value);
        }

        @Override
        public String describe() {
            return String.join(" or ", words);
        }
    }
}
