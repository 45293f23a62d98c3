package io.flotilla.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class a broker of their own, in this process, on free ports of the loopback address; its data is
 * gone afterwards. Tests and lifecycle methods take it as a parameter of type {@link FlotillaBroker}, and a client of it as
 * one of type {@link io.flotilla.client.FlotillaClient}. The broker is started before the first test, shared by all of the
 * class, nested ones included, and closed after the last. Classes that run at the same time have different brokers.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(FlotillaExtension.class)
public @interface FlotillaTest {
    /** Topics that are there before the first test. */
    TestTopic[] topics() default {};

    /** Settings of the broker, each as {@code key=value}. */
    String[] settings() default {};
}
