package io.flotilla.wire;

/** The low three bits of a protobuf tag. The group types (3 and 4) are never accepted. */
public final class WireType {
    public static final int VARINT = 0;
    public static final int FIXED64 = 1;
    public static final int LENGTH_DELIMITED = 2;
    public static final int FIXED32 = 5;

    private WireType() {}

    /** The tag of a field. */
    public static int tag(int field, int wireType) {
        return field << 3 | wireType;
    }
}
