package io.flotilla.metadata.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.metadata.MetadataImage;
import io.flotilla.raft.TermIndex;
import io.flotilla.raft.UntrustedLogException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    private final Snapshot snapshot = new Snapshot(new TermIndex(3, 7), MetadataImage.EMPTY.at(7));

    @Test
    void isEncodedAsWrittenDown() throws UntrustedLogException {
        byte[] golden = HexFormat.of().parseHex("464c4d53487560ac000000000000000300000000000000070807");

        assertThat(HexFormat.of().formatHex(snapshot.encode()))
                .isEqualTo(HexFormat.of().formatHex(golden));
        assertThat(Snapshot.decode(golden)).isEqualTo(snapshot);
    }

    @Test
    void bytesOfAnotherKindAreRefused() {
        byte[] other = snapshot.encode();
        other[0]++;

        assertThatThrownBy(() -> Snapshot.decode(other)).isInstanceOf(UntrustedLogException.class);
        assertThatThrownBy(() -> Snapshot.decode(new byte[23])).isInstanceOf(UntrustedLogException.class);
    }
}
