package io.flotilla.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.flotilla.Seeds;
import io.flotilla.v1.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reader and writer against protobuf's own. */
class WireTest {
    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void writesWhatProtobufWritesAndReadsItBack(long seed) throws IOException {
        RandomGenerator random = Seeds.random(seed);
        WireWriter ours = new WireWriter(0);
        ByteArrayOutputStream theirs = new ByteArrayOutputStream();
        CodedOutputStream protobuf = CodedOutputStream.newInstance(theirs);
        long number = random.nextLong() >> random.nextInt(64);
        int fixed = random.nextInt();
        ByteString text = ByteString.copyFromUtf8("ü".repeat(random.nextInt(100)));
        for (int field : new int[] {1, 15, 16, 2047, (1 << 29) - 1}) {
            ours.tag(field, WireType.VARINT).varint(number);
            ours.tag(field, WireType.VARINT).varint(WireWriter.zigZag(number));
            ours.tag(field, WireType.FIXED32).fixed32(fixed);
            ours.tag(field, WireType.FIXED64).fixed64(number);
            ours.bytes(field, text);
            protobuf.writeInt64(field, number);
            protobuf.writeSInt64(field, number);
            protobuf.writeFixed32(field, fixed);
            protobuf.writeFixed64(field, number);
            protobuf.writeBytes(field, text);
        }
        protobuf.flush();

        assertThat(ByteString.copyFrom(ours.toByteArray())).isEqualTo(ByteString.copyFrom(theirs.toByteArray()));
        WireReader in = reader(ours.toByteArray());
        for (int field : new int[] {1, 15, 16, 2047, (1 << 29) - 1}) {
            assertThat(in.tag()).isEqualTo(WireType.tag(field, WireType.VARINT));
            assertThat(in.int64()).isEqualTo(number);
            assertThat(in.tag() >>> 3).isEqualTo(field);
            assertThat(in.sint64()).isEqualTo(number);
            assertThat(in.tag() & 7).isEqualTo(WireType.FIXED32);
            assertThat(in.fixed32()).isEqualTo(fixed);
            assertThat(in.tag() & 7).isEqualTo(WireType.FIXED64);
            assertThat(in.fixed64()).isEqualTo(number);
            assertThat(in.tag() & 7).isEqualTo(WireType.LENGTH_DELIMITED);
            assertThat(in.slice()).isEqualTo(text);
        }
        assertThat(in.atEnd()).isTrue();
        assertThat(WireWriter.varintBytes(number)).isEqualTo(CodedOutputStream.computeInt64SizeNoTag(number));
    }

    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void readsVarintsAsProtobufDoesOrRefusesThem(long seed) {
        RandomGenerator random = Seeds.random(seed);
        int read = 0;
        for (int i = 0; i < 5000; i++) {
            byte[] bytes = new byte[random.nextInt(1, 12)];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = (byte) (random.nextInt(8) == 0 ? random.nextInt(128) : random.nextInt(128) | 0x80);
            }
            try {
                long ours = reader(bytes).int64();
                assertThat(ours).isEqualTo(CodedInputStream.newInstance(bytes).readInt64());
                read++;
            } catch (FormatException expected) {
                assertThat(expected.code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_BATCH);
            } catch (IOException e) {
                throw new AssertionError("accepted what protobuf refuses", e);
            }
        }
        assertThat(read).isPositive();
    }

    @Test
    void neverLeavesItsRange() {
        byte[] bytes = {0x0A, 3, 'a', 'b', 'c', 'd'};
        WireReader in = new WireReader(bytes, 0, 4, ErrorCode.ERROR_CODE_INVALID_BATCH);
        in.tag();

        assertThatThrownBy(in::slice)
                .isInstanceOf(FormatException.class)
                .hasMessage("length 3 at byte 1 is more than the 2 bytes left");
        assertThatThrownBy(() -> new WireReader(bytes, 0, 7, ErrorCode.ERROR_CODE_INVALID_BATCH))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void refusesFieldNumberZeroAndTextThatIsNotUtf8() {
        assertThatThrownBy(() -> reader(new byte[] {2}).tag()).hasMessageContaining("field number at byte 0 is 0");
        assertThatThrownBy(() -> reader(new byte[] {1, (byte) 0xFF}).string()).hasMessageContaining("not UTF-8");
    }

    private static WireReader reader(byte[] bytes) {
        return new WireReader(bytes, 0, bytes.length, ErrorCode.ERROR_CODE_INVALID_BATCH);
    }
}
