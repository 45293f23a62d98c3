package io.flotilla.proto;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.DescriptorProto.ReservedRange;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto.EnumReservedRange;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds what a new version of the protos takes away from users of an old one. */
final class Incompatibilities {
    private final List<String> found = new ArrayList<>();

    private Incompatibilities() {}

    static List<String> between(Protos before, Protos after) {
        Incompatibilities result = new Incompatibilities();
        result.compare(before.messages(), after.messages(), result::compareMessages);
        result.compare(before.enums(), after.enums(), result::compareEnums);
        result.compare(before.methods(), after.methods(), result::compareMethods);
        return result.found;
    }

    private interface Comparison<T> {
        void compare(String name, T before, T after);
    }

    private <T> void compare(Map<String, T> before, Map<String, T> after, Comparison<T> comparison) {
        before.forEach((name, old) -> {
            T current = after.get(name);
            if (current == null) {
                found.add(name + " is gone");
            } else {
                comparison.compare(name, old, current);
            }
        });
    }

    private void compareMessages(String name, DescriptorProto before, DescriptorProto after) {
        Map<Integer, FieldDescriptorProto> fields = after.getFieldList().stream()
                .collect(Collectors.toMap(FieldDescriptorProto::getNumber, Function.identity()));
        for (FieldDescriptorProto old : before.getFieldList()) {
            String where = "%s.%s = %d".formatted(name, old.getName(), old.getNumber());
            FieldDescriptorProto field = fields.get(old.getNumber());
            if (field == null) {
                if (!isReserved(after, old)) {
                    found.add(where + " is gone, and its number and name are not reserved");
                }
            } else if (!wireForm(before, old).equals(wireForm(after, field))) {
                found.add("%s was [%s] and is [%s]".formatted(where, wireForm(before, old), wireForm(after, field)));
            }
        }
        for (ReservedRange range : before.getReservedRangeList()) {
            after.getFieldList().stream()
                    .filter(field -> field.getNumber() >= range.getStart() && field.getNumber() < range.getEnd())
                    .forEach(field -> found.add(
                            "%s.%s takes the reserved number %d".formatted(name, field.getName(), field.getNumber())));
        }
    }

    /** Everything that generated code or the bytes depend on. */
    private static String wireForm(DescriptorProto message, FieldDescriptorProto field) {
        String oneof = field.hasOneofIndex() && !field.getProto3Optional()
                ? " oneof " + message.getOneofDecl(field.getOneofIndex()).getName()
                : "";
        return "%s %s%s %s%s"
                .formatted(
                        field.getProto3Optional() ? "optional" : field.getLabel(),
                        field.getType(),
                        field.getTypeName(),
                        field.getName(),
                        oneof);
    }

    private static boolean isReserved(DescriptorProto message, FieldDescriptorProto field) {
        return message.getReservedNameList().contains(field.getName())
                && message.getReservedRangeList().stream()
                        .anyMatch(range -> field.getNumber() >= range.getStart() && field.getNumber() < range.getEnd());
    }

    private void compareEnums(String name, EnumDescriptorProto before, EnumDescriptorProto after) {
        Map<Integer, String> values = after.getValueList().stream()
                .collect(Collectors.toMap(EnumValueDescriptorProto::getNumber, EnumValueDescriptorProto::getName));
        for (EnumValueDescriptorProto old : before.getValueList()) {
            String current = values.get(old.getNumber());
            if (current == null ? !isReserved(after, old) : !current.equals(old.getName())) {
                found.add("%s.%s = %d is now %s".formatted(name, old.getName(), old.getNumber(), current));
            }
        }
    }

    private static boolean isReserved(EnumDescriptorProto type, EnumValueDescriptorProto value) {
        return type.getReservedNameList().contains(value.getName())
                && type.getReservedRangeList().stream()
                        .anyMatch((EnumReservedRange range) ->
                                value.getNumber() >= range.getStart() && value.getNumber() <= range.getEnd());
    }

    private void compareMethods(String name, MethodDescriptorProto before, MethodDescriptorProto after) {
        if (!before.equals(after)) {
            found.add(name + " has another signature");
        }
    }
}
