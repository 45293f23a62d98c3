package io.flotilla.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A topic of a {@link FlotillaTest}. */
@Documented
@Target({})
@Retention(RetentionPolicy.RUNTIME)
public @interface TestTopic {
    /** Its name. */
    String name();

    /** How many partitions it has. */
    int partitions() default 1;
}
