package io.flotilla.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerRequestTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000})
    void whatIsEncodedIsDecoded(int length) {
        byte[] body = new byte[length];
        java.util.Arrays.fill(body, (byte) 7);

        PeerRequest decoded = PeerRequest.decode(new PeerRequest("metadata.propose", body).encode());

        assertThat(decoded.method()).isEqualTo("metadata.propose");
        assertThat(decoded.body()).isEqualTo(body);
    }

    @Test
    void bytesThatAreNoRequestCallNobody() {
        byte[][] bad = {{}, {0}, {5, 'a', 'b'}, {-1, 'a'}, {(byte) 0x80}};
        for (byte[] bytes : bad) {
            assertThat(PeerRequest.decode(bytes).method()).isEmpty();
        }
    }

    @Test
    void aNameThatDoesNotFitIsRefused() {
        assertThat(PeerRequest.decode(new PeerRequest("x".repeat(127), new byte[1]).encode())
                        .method())
                .hasSize(127);
        assertThatThrownBy(() -> new PeerRequest("x".repeat(128), new byte[1])).hasMessageContaining("at most 127");
    }
}
