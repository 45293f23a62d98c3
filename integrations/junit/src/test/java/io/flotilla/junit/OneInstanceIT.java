package io.flotilla.junit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@FlotillaTest(topics = @TestTopic(name = "orders"))
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneInstanceIT {
    private final FlotillaBroker broker;

    OneInstanceIT(FlotillaBroker broker) {
        this.broker = broker;
    }

    @Test
    void takesItsBrokerInItsConstructor(FlotillaBroker same) {
        assertThat(same).isSameAs(broker);
    }
}
