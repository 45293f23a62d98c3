package io.flotilla.metadata;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.flotilla.metadata.v1.CommandProto;
import io.flotilla.metadata.v1.ImageProto;
import java.util.function.Function;

/**
 * Commands and images as bytes, in the protobuf messages of {@code flotilla/metadata/v1}. Equal values have equal
 * bytes. Reading throws {@link UnreadableMetadataException} for anything that it does not know completely: what one
 * broker ignores and another obeys would make their images differ.
 */
public final class MetadataCodec {
    private MetadataCodec() {}

    public static byte[] encode(MetadataCommand command) {
        return CommandCodec.toProto(command).toByteArray();
    }

    public static byte[] encode(MetadataImage image) {
        return ImageCodec.toProto(image).toByteArray();
    }

    public static MetadataCommand decodeCommand(byte[] bytes) {
        return decode("metadata command", bytes, CommandProto.Command.parser(), CommandCodec::fromProto);
    }

    public static MetadataImage decodeImage(byte[] bytes) {
        return decode("metadata image", bytes, ImageProto.Image.parser(), ImageCodec::fromProto);
    }

    private static <M extends Message, V> V decode(
            String what, byte[] bytes, Parser<M> parser, Function<M, V> fromProto) {
        try {
            M message = parser.parseFrom(bytes);
            UnknownFields.refuse(message);
            return fromProto.apply(message);
        } catch (InvalidProtocolBufferException e) {
            throw new UnreadableMetadataException(
                    "%s of %d bytes is damaged: not protobuf".formatted(what, bytes.length), e);
        } catch (IllegalArgumentException e) {
            throw new UnreadableMetadataException(
                    "%s of %d bytes is damaged or of a newer version: %s".formatted(what, bytes.length, e.getMessage()),
                    e);
        }
    }
}
