package io.flotilla.broker.config;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A component of a settings record is against a rule. Speaks of components by their names in the record; {@link
 * ConfigLoader}, which knows the keys people write, puts those in their place.
 */
final class InvalidSettingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private static final Pattern COMPONENT = Pattern.compile("\\{(\\w+)}");

    private final String component;
    private final String rule;

    /**
     * @param rule what holds for the component, to go after its value; other components of the record stand in it in
     *     braces
     */
    InvalidSettingException(String component, Object value, String rule) {
        super("%s is '%s'; %s".formatted(component, value, named(rule, UnaryOperator.identity())));
        this.component = component;
        this.rule = rule;
    }

    /** The component that is to be changed. */
    String component() {
        return component;
    }

    /** The rule in words, with each component in it named by {@code name}. */
    String rule(UnaryOperator<String> name) {
        return named(rule, name);
    }

    private static String named(String rule, UnaryOperator<String> name) {
        return COMPONENT.matcher(rule).replaceAll(found -> Matcher.quoteReplacement(name.apply(found.group(1))));
    }
}
