package io.flotilla.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.flotilla.record.TestFrames;
import io.flotilla.v1.Batches;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.ConsumeResponse;
import io.flotilla.v1.Heartbeat;
import io.flotilla.v1.LeaderHint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

class OutboundMessageTest {
    private final CountingBody body =
            new CountingBody(TestFrames.frame(7, "a", "b").bytes());

    @Test
    void drainsOnceAndGivesTheBodyBackOnce() throws IOException {
        OutboundStream stream = new OutboundStream(OutboundMessage.batches(Batches.getDefaultInstance(), body));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int announced = stream.available();

        assertThat(stream.drainTo(out)).isEqualTo(announced).isEqualTo(out.size());
        assertThat(stream.drainTo(out)).isZero();
        assertThat(stream.available()).isZero();
        stream.close();
        stream.close();

        assertThat(body.written).isEqualTo(1);
        assertThat(body.closed).isEqualTo(1);
        assertThat(ConsumeResponse.parseFrom(out.toByteArray())
                        .getBatches()
                        .getBatches(0)
                        .getBaseOffset())
                .isEqualTo(7);
    }

    @Test
    void canBeReadInsteadOfDrained() throws IOException {
        OutboundStream stream = new OutboundStream(OutboundMessage.batches(Batches.getDefaultInstance(), body));
        int size = stream.available();

        int first = stream.read();
        byte[] rest = stream.readAllBytes();

        assertThat(first).isEqualTo(0x0A);
        assertThat(rest).hasSize(size - 1);
        assertThat(body.written).isEqualTo(1);
    }

    @Test
    void givesTheBodyBackWhenNothingWasWritten() {
        OutboundStream stream = new OutboundStream(OutboundMessage.batches(Batches.getDefaultInstance(), body));

        stream.close();

        assertThat(body.written).isZero();
        assertThat(body.closed).isEqualTo(1);
    }

    @Test
    void addsLittleToTheFrames() {
        Batches header = Batches.newBuilder()
                .setTopic("t".repeat(249))
                .setNextOffset(Long.MAX_VALUE)
                .setCreditBytes(Long.MAX_VALUE)
                .setLeader(LeaderHint.newBuilder()
                        .setEndpoint(BrokerEndpoint.newBuilder().setHost("h".repeat(255))))
                .build();
        for (int size : new int[] {0, 1, 100, 20_000, 3_000_000}) {
            FrameBody frames = FrameBody.of(new byte[size], 0, size);

            assertThat(OutboundMessage.batches(header, frames).size() - size).isLessThan(1024);
        }
    }

    @Test
    void tellsFramesFromOtherEvents() throws IOException {
        OutboundMessage batches = OutboundMessage.batches(Batches.getDefaultInstance(), body);
        ConsumeResponse heartbeat = ConsumeResponse.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder().setServerTimeMs(5))
                .build();

        assertThat(InboundEvent.parse(bytes(batches))).isInstanceOf(InboundEvent.Frames.class);
        assertThat(InboundEvent.parse(bytes(OutboundMessage.of(heartbeat))))
                .isEqualTo(new InboundEvent.Other(heartbeat));
        assertThat(InboundEvent.parse(new byte[0]))
                .isEqualTo(new InboundEvent.Other(ConsumeResponse.getDefaultInstance()));
    }

    @Test
    void refusesAnswersThatAreNone() {
        byte[] trailing = {0x0A, 0, 0x0A, 0};
        byte[] cut = {0x0A, 9, 1};
        byte[] other = {0x12, 5, 1};

        for (byte[] hostile : new byte[][] {trailing, cut, other}) {
            assertThatThrownBy(() -> InboundEvent.parse(hostile)).isInstanceOf(FormatException.class);
        }
    }

    private static byte[] bytes(OutboundMessage message) throws IOException {
        return new OutboundStream(message).readAllBytes();
    }

    private static final class CountingBody implements FrameBody {
        private final ByteString bytes;
        private int written;
        private int closed;

        CountingBody(byte[] bytes) {
            this.bytes = ByteString.copyFrom(bytes);
        }

        @Override
        public int size() {
            return bytes.size();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            written++;
            bytes.writeTo(out);
        }

        @Override
        public void close() {
            closed++;
        }
    }
}
