package io.flotilla.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerConfigTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.255.0.7", "::1", "localhost"})
    void listensOnThisMachineOnlyWithoutFurtherWords(String host) {
        ListenerConfig config = on(host, false);

        assertThat(config.reachableHost()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "::",
                "10.0.0.7",
                "broker-1.example",
                "127.0.0.1.example",
                "127.0.0.256",
                "localhost.example",
                "xlocalhost",
                "::12"
            })
    void refusesToBeReachableFromOtherMachinesUnlessToldSo(String host) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> on(host, false))
                .withMessageContaining("host is '%s'", host)
                .withMessageContaining("neither encryption nor authentication")
                .withMessageContaining("insecure=true");

        assertThat(on(host, true).host()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void mustBeToldWhatOthersDialWhenItListensEverywhere(String host) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ListenerConfig(host, "", 7400, 7401, 7402, true))
                .withMessageContaining("advertisedHost is ''")
                .withMessageContaining(host);
    }

    @Test
    void isReachedByTheAdvertisedHost() {
        ListenerConfig config = new ListenerConfig("0.0.0.0", "broker-1.example", 7400, 7401, 7402, true);

        assertThat(config.reachableHost()).isEqualTo("broker-1.example");
    }

    @ParameterizedTest
    @CsvSource({
        "7400, 7400, 7402, 'raftPort is ''7400''; must differ from port'",
        "7400, 7401, 7400, 'httpPort is ''7400''; must differ from port'",
        "7400, 7401, 7401, 'httpPort is ''7401''; must differ from raftPort'"
    })
    void refusesOnePortForTwoPurposes(int port, int raftPort, int httpPort, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ListenerConfig("::1", "", port, raftPort, httpPort, false))
                .withMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"0, 7401, 0", "0, 7401, -1", "7400, 7401, -1"})
    void allowsAnyFreePortAndNoHttp(int port, int raftPort, int httpPort) {
        ListenerConfig config = new ListenerConfig("::1", "", port, raftPort, httpPort, false);

        assertThat(config.httpPort()).isEqualTo(httpPort);
    }

    private static ListenerConfig on(String host, boolean insecure) {
        return new ListenerConfig(host, insecure ? "dial.example" : "", 7400, 7401, 7402, insecure);
    }
}
