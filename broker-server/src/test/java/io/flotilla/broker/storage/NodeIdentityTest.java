package io.flotilla.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flotilla.raft.Peer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeIdentityTest {
    private static final UUID DIRECTORY = UUID.fromString("0f8fad5b-d9cb-469f-a165-708677285d1b");
    private static final NodeIdentity IDENTITY = new NodeIdentity(
            7,
            DIRECTORY,
            "bright-otter",
            List.of(new Peer(1, "a.example", 7401), new Peer(7, "::1", 7402)),
            MemberPhase.JOINING);

    private static Map<String, String> with(String key, String value) {
        Map<String, String> values = new HashMap<>(IDENTITY.toProperties());
        values.put(key, value);
        return values;
    }

    @Test
    void isWrittenAsDescribed() {
        assertThat(IDENTITY.toProperties())
                .isEqualTo(Map.of(
                        "format", "1",
                        "node.id", "7",
                        "directory.id", "0f8fad5b-d9cb-469f-a165-708677285d1b",
                        "cluster.id", "bright-otter",
                        "metadata.voters", "1@a.example:7401,7@[::1]:7402",
                        "metadata.phase", "JOINING"));
    }

    @Test
    void isReadAsItWasWritten() {
        NodeIdentity stranger = new NodeIdentity(0, DIRECTORY, NodeIdentity.NO_CLUSTER, List.of(), MemberPhase.NEW);

        assertThat(NodeIdentity.fromProperties(IDENTITY.toProperties())).isEqualTo(IDENTITY);
        assertThat(NodeIdentity.fromProperties(stranger.toProperties())).isEqualTo(stranger);
        assertThat(stranger.hasCluster()).isFalse();
        assertThat(IDENTITY.hasCluster()).isTrue();
    }

    @Test
    void changesOneThingAtATime() {
        List<Peer> voters = List.of(new Peer(2, "b", 1));

        NodeIdentity changed = IDENTITY.in(MemberPhase.MEMBER).with("calm-heron", voters);

        assertThat(changed).isEqualTo(new NodeIdentity(7, DIRECTORY, "calm-heron", voters, MemberPhase.MEMBER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"format", "node.id", "directory.id", "metadata.phase"})
    void isNotMadeUpWhereAKeyIsMissing(String key) {
        Map<String, String> values = new HashMap<>(IDENTITY.toProperties());
        values.remove(key);

        assertThatIllegalArgumentException().isThrownBy(() -> NodeIdentity.fromProperties(values));
    }

    @ParameterizedTest
    @CsvSource({
        "format, 2",
        "format, ''",
        "node.id, seven",
        "node.id, 99999999999",
        "directory.id, 0f8fad5b",
        "metadata.voters, ','",
        "metadata.voters, '1@a:7401,'",
        "metadata.voters, 1@a",
        "metadata.phase, MEM",
        "metadata.phase, member"
    })
    void isNotMadeUpWhereAValueIsNonsense(String key, String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> NodeIdentity.fromProperties(with(key, value)));
    }

    @Test
    void saysWhichFormatItCannotRead() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeIdentity.fromProperties(with("format", "2")))
                .withMessage("format is 2; this release reads format 1");
    }
}
