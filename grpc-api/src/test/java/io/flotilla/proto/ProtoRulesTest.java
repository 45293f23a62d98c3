package io.flotilla.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What every proto file has to look like. */
class ProtoRulesTest {
    /** Paths, as descriptor.proto numbers them, of what has to be commented. */
    private static final Pattern DECLARATION = Pattern.compile(
            "12" // the head of the file, at its syntax line
                    + "|4 \\d+( 3 \\d+)*" // message, nested message
                    + "( [28] \\d+| 4 \\d+( 2 \\d+)?)?" // its field or oneof, its enum, the value of that
                    + "|5 \\d+( 2 \\d+)?" // enum, value
                    + "|6 \\d+( 2 \\d+)?"); // service, method

    private static Protos protos;

    @BeforeAll
    static void readCompiledFiles() throws IOException {
        protos = Protos.compiled();
        assertThat(protos.messages()).hasSizeGreaterThan(50);
    }

    @Test
    void packagesEndInAVersionAndMatchTheirDirectory() {
        assertThat(protos.files()).allSatisfy(file -> {
            assertThat(file.getPackage()).matches("flotilla(\\.[a-z]+)?\\.v[0-9]+");
            assertThat(file.getName()).startsWith(file.getPackage().replace('.', '/') + "/");
            assertThat(file.getOptions().getJavaPackage()).isEqualTo("io." + file.getPackage());
            assertThat(file.getOptions().getJavaMultipleFiles()).isTrue();
            assertThat(file.getOptions().getGoPackage()).isNotEmpty();
        });
    }

    @Test
    void filesImportOnlyOneAnother() {
        assertThat(protos.files())
                .flatExtracting(FileDescriptorProto::getDependencyList)
                .allSatisfy(imported -> assertThat(imported).startsWith("flotilla/"));
    }

    @Test
    void publicFilesDoNotImportTheRawView() {
        assertThat(protos.files())
                .filteredOn(file -> file.getPackage().equals("flotilla.v1"))
                .flatExtracting(FileDescriptorProto::getDependencyList)
                .noneSatisfy(imported -> assertThat(imported).startsWith("flotilla/raw/"));
        assertThat(protos.files())
                .filteredOn(file -> file.getPackage().startsWith("flotilla.raw"))
                .allSatisfy(file -> assertThat(file.getServiceList()).isEmpty());
    }

    @Test
    void enumsBeginWithUnspecifiedAndCarryTheirOwnPrefix() {
        assertThat(protos.enums()).allSatisfy((name, type) -> {
            String prefix = upperSnake(type.getName()) + "_";
            assertThat(type.getValue(0).getNumber()).isZero();
            assertThat(type.getValue(0).getName()).isEqualTo(prefix + "UNSPECIFIED");
            assertThat(type.getValueList())
                    .allSatisfy(value -> assertThat(value.getName()).startsWith(prefix));
        });
    }

    @Test
    void everyRpcHasARequestAndAResponseOfItsOwn() {
        List<String> used = new ArrayList<>();
        protos.methods().forEach((name, method) -> {
            assertThat(method.getInputType()).endsWith("." + method.getName() + "Request");
            assertThat(method.getOutputType()).endsWith("." + method.getName() + "Response");
            used.add(method.getInputType());
            used.add(method.getOutputType());
        });
        assertThat(used).hasSizeGreaterThan(20).doesNotHaveDuplicates();
    }

    @Test
    void fieldsAreInLowerSnakeCaseAndKeepOffTheNumbersOfForks() {
        assertThat(protos.messages().values())
                .flatExtracting(DescriptorProto::getFieldList)
                .allSatisfy(field -> {
                    assertThat(field.getName()).matches("[a-z][a-z0-9]*(_[a-z0-9]+)*");
                    assertThat(field.getNumber()).matches(number -> number < 100 || number > 199);
                });
    }

    @Test
    void numbersWithAUnitNameIt() {
        assertThat(protos.messages().values())
                .flatExtracting(DescriptorProto::getFieldList)
                .filteredOn(field -> field.getName().matches(".*(time|timeout|interval|wait|deadline|keepalive).*")
                        && field.getType() != FieldDescriptorProto.Type.TYPE_MESSAGE
                        && field.getType() != FieldDescriptorProto.Type.TYPE_ENUM)
                .isNotEmpty()
                .allSatisfy(field -> assertThat(field.getName()).endsWith("_ms"));
    }

    @Test
    void everythingIsCommented() {
        List<String> silent = new ArrayList<>();
        for (FileDescriptorProto file : protos.files()) {
            for (Location location : file.getSourceCodeInfo().getLocationList()) {
                if (isDeclaration(location) && !hasComment(location)) {
                    silent.add("%s line %d".formatted(file.getName(), location.getSpan(0) + 1));
                }
            }
        }

        assertThat(silent).isEmpty();
    }

    private static boolean isDeclaration(Location location) {
        return DECLARATION
                .matcher(location.getPathList().stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .matches();
    }

    private static boolean hasComment(Location location) {
        return !location.getLeadingComments().isBlank()
                || !location.getTrailingComments().isBlank();
    }

    private static String upperSnake(String camel) {
        return IntStream.range(0, camel.length())
                .mapToObj(i -> (i > 0 && Character.isUpperCase(camel.charAt(i)) ? "_" : "") + camel.charAt(i))
                .collect(Collectors.joining())
                .toUpperCase(Locale.ROOT);
    }
}
