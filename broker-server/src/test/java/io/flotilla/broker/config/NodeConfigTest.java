package io.flotilla.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flotilla.client.Endpoint;
import io.flotilla.raft.Peer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {
    private static final List<Endpoint> NOBODY = List.of();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1@a:7401,2@b:7401            | must name 1, 3 or 5 brokers",
                "1@a:7401,2@b:7401,2@c:7401   | must name each broker once",
                "2@b:7401,3@c:7401,4@d:7401   | must name this broker, id=1",
                "1@a:1,2@b:1,3@c:1,4@d:1,5@e:1,6@f:1,7@g:1 | must name 1, 3 or 5 brokers"
            })
    void refusesVotersThatCannotStartACluster(String voters, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> node(voters(voters), NOBODY))
                .withMessageStartingWith("initialVoters is '[")
                .withMessageContaining(message);
    }

    @Test
    void startsWithThreeVoters() {
        List<Peer> voters = voters("1@a:7401,2@b:7401,3@c:7401");

        NodeConfig config = node(voters, NOBODY);

        assertThat(config.initialVoters()).isEqualTo(voters);
    }

    @Test
    void refusesToStartAClusterAndToJoinOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> node(voters("1@a:7401"), List.of(new Endpoint("b", 7400))))
                .withMessageContaining("must not be set together with initialVoters");
    }

    @Test
    void refusesADataDirectoryWithoutAName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NodeConfig(1, Path.of(""), "", List.of(), NOBODY))
                .withMessage("dataDir is ''; must name a directory");
    }

    private static NodeConfig node(List<Peer> voters, List<Endpoint> join) {
        return new NodeConfig(1, Path.of("data"), "", voters, join);
    }

    private static List<Peer> voters(String text) {
        return Arrays.stream(text.split(",")).map(Peer::parse).toList();
    }
}
