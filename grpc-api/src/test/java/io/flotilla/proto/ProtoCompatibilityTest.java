package io.flotilla.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.DescriptorProto.ReservedRange;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Holds the protos to what was published. The golden descriptors are the memory; {@code -Dgolden.update=true} writes
 * compatible additions into them.
 */
class ProtoCompatibilityTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/flotilla.binpb");

    @Test
    void nothingPublishedWasTakenAwayOrChanged() throws IOException {
        assertThat(Incompatibilities.between(Protos.read(GOLDEN), Protos.compiled()))
                .isEmpty();
    }

    @Test
    void goldenDescriptorsAreUpToDate() throws IOException {
        List<FileDescriptorProto> current = withoutComments(Protos.compiled());
        if (Boolean.getBoolean("golden.update")) {
            Files.write(
                    GOLDEN,
                    FileDescriptorSet.newBuilder().addAllFile(current).build().toByteArray());
        }

        assertThat(Protos.read(GOLDEN).files())
                .as("golden descriptors; compatible additions are accepted with -Dgolden.update=true")
                .containsExactlyInAnyOrderElementsOf(current);
    }

    @Test
    void acceptsANewFieldMessageAndMethod() {
        Protos after = changed(file -> file.toBuilder()
                .setMessageType(
                        0, message().toBuilder().addField(field("late", 9, FieldDescriptorProto.Type.TYPE_BYTES)))
                .addMessageType(DescriptorProto.newBuilder().setName("New"))
                .setService(0, service().toBuilder().addMethod(method("Other", ".p.v1.New")))
                .build());

        assertThat(Incompatibilities.between(published(), after)).isEmpty();
    }

    @Test
    void refusesARemovedFieldUnlessItsNumberAndNameAreReserved() {
        DescriptorProto removed = message().toBuilder().removeField(0).build();
        DescriptorProto reserved = removed.toBuilder()
                .addReservedName("old")
                .addReservedRange(ReservedRange.newBuilder().setStart(1).setEnd(2))
                .build();

        assertThat(Incompatibilities.between(published(), withMessage(removed)))
                .containsExactly("p.v1.M.old = 1 is gone, and its number and name are not reserved");
        assertThat(Incompatibilities.between(published(), withMessage(reserved)))
                .isEmpty();
    }

    @Test
    void refusesAnotherTypeOrAnotherNameForANumber() {
        DescriptorProto retyped = message().toBuilder()
                .setField(0, field("old", 1, FieldDescriptorProto.Type.TYPE_SINT64))
                .build();
        DescriptorProto renamed = message().toBuilder()
                .setField(0, field("fresh", 1, FieldDescriptorProto.Type.TYPE_INT64))
                .build();

        assertThat(Incompatibilities.between(published(), withMessage(retyped))).hasSize(1);
        assertThat(Incompatibilities.between(published(), withMessage(renamed))).hasSize(1);
    }

    @Test
    void refusesAReservedNumberComingBack() {
        DescriptorProto reserving = message().toBuilder()
                .addReservedRange(ReservedRange.newBuilder().setStart(5).setEnd(6))
                .build();
        DescriptorProto reusing = message().toBuilder()
                .addField(field("again", 5, FieldDescriptorProto.Type.TYPE_INT32))
                .build();

        assertThat(Incompatibilities.between(withMessage(reserving), withMessage(reusing)))
                .containsExactly("p.v1.M.again takes the reserved number 5");
    }

    @Test
    void refusesAChangedEnumValueAndAChangedMethod() {
        Protos otherEnum = changed(file -> file.toBuilder()
                .setEnumType(
                        0,
                        file.getEnumType(0).toBuilder()
                                .setValue(
                                        1,
                                        file.getEnumType(0).getValue(1).toBuilder()
                                                .setName("E_OTHER")))
                .build());
        Protos otherMethod = changed(file -> file.toBuilder()
                .setService(
                        0,
                        service().toBuilder()
                                .setMethod(
                                        0, method("Do", ".p.v1.M").toBuilder().setServerStreaming(true)))
                .build());
        Protos noMethod = changed(file -> file.toBuilder()
                .setService(0, service().toBuilder().removeMethod(0))
                .build());

        assertThat(Incompatibilities.between(published(), otherEnum))
                .containsExactly("p.v1.E.E_ONE = 1 is now E_OTHER");
        assertThat(Incompatibilities.between(published(), otherMethod))
                .containsExactly("p.v1.S.Do has another signature");
        assertThat(Incompatibilities.between(published(), noMethod)).containsExactly("p.v1.S.Do is gone");
    }

    private static List<FileDescriptorProto> withoutComments(Protos protos) {
        return protos.files().stream()
                .map(file -> file.toBuilder().clearSourceCodeInfo().build())
                .toList();
    }

    private static Protos published() {
        return new Protos(List.of(FileDescriptorProto.newBuilder()
                .setName("p/v1/p.proto")
                .setPackage("p.v1")
                .addMessageType(message())
                .addEnumType(EnumDescriptorProto.newBuilder()
                        .setName("E")
                        .addValue(EnumValueDescriptorProto.newBuilder()
                                .setName("E_UNSPECIFIED")
                                .setNumber(0))
                        .addValue(EnumValueDescriptorProto.newBuilder()
                                .setName("E_ONE")
                                .setNumber(1)))
                .addService(service())
                .build()));
    }

    private static Protos changed(UnaryOperator<FileDescriptorProto> change) {
        return new Protos(List.of(change.apply(published().files().get(0))));
    }

    private static Protos withMessage(DescriptorProto message) {
        return changed(file -> file.toBuilder().setMessageType(0, message).build());
    }

    private static DescriptorProto message() {
        return DescriptorProto.newBuilder()
                .setName("M")
                .addField(field("old", 1, FieldDescriptorProto.Type.TYPE_INT64))
                .build();
    }

    private static FieldDescriptorProto field(String name, int number, FieldDescriptorProto.Type type) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setType(type)
                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                .build();
    }

    private static ServiceDescriptorProto service() {
        return ServiceDescriptorProto.newBuilder()
                .setName("S")
                .addMethod(method("Do", ".p.v1.M"))
                .build();
    }

    private static MethodDescriptorProto method(String name, String type) {
        return MethodDescriptorProto.newBuilder()
                .setName(name)
                .setInputType(type)
                .setOutputType(type)
                .build();
    }
}
