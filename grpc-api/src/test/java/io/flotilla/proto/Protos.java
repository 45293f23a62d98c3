package io.flotilla.proto;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A set of proto files with everything in it by full name. */
record Protos(List<FileDescriptorProto> files) {
    /** The files of this module as they were just compiled, with their comments. */
    static Protos compiled() throws IOException {
        return read(Path.of("target/flotilla.binpb"));
    }

    static Protos read(Path descriptorSet) throws IOException {
        return new Protos(
                FileDescriptorSet.parseFrom(Files.readAllBytes(descriptorSet)).getFileList());
    }

    Map<String, DescriptorProto> messages() {
        Map<String, DescriptorProto> all = new LinkedHashMap<>();
        for (FileDescriptorProto file : files) {
            file.getMessageTypeList().forEach(message -> collect(file.getPackage(), message, all));
        }
        return all;
    }

    Map<String, EnumDescriptorProto> enums() {
        Map<String, EnumDescriptorProto> all = new LinkedHashMap<>();
        for (FileDescriptorProto file : files) {
            file.getEnumTypeList().forEach(type -> all.put(file.getPackage() + "." + type.getName(), type));
        }
        messages()
                .forEach((name, message) ->
                        message.getEnumTypeList().forEach(type -> all.put(name + "." + type.getName(), type)));
        return all;
    }

    Map<String, MethodDescriptorProto> methods() {
        Map<String, MethodDescriptorProto> all = new LinkedHashMap<>();
        for (FileDescriptorProto file : files) {
            for (ServiceDescriptorProto service : file.getServiceList()) {
                service.getMethodList()
                        .forEach(method ->
                                all.put(file.getPackage() + "." + service.getName() + "." + method.getName(), method));
            }
        }
        return all;
    }

    private static void collect(String scope, DescriptorProto message, Map<String, DescriptorProto> all) {
        String name = scope + "." + message.getName();
        all.put(name, message);
        message.getNestedTypeList().forEach(nested -> collect(name, nested, all));
    }
}
