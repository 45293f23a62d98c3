package io.flotilla.broker.grpc;

import static io.grpc.MethodDescriptor.generateFullMethodName;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.util.HashMap;
import java.util.Map;

/**
 * A client in some other language: it has the text of the .proto files and a gRPC library, and nothing of ours. Messages
 * are written and read as protobuf text.
 */
final class Stranger {
    private static final String PACKAGE = "flotilla.v1.";

    private final Map<String, FileDescriptor> files = new HashMap<>();
    private final Map<String, FileDescriptorProto> sources = new HashMap<>();

    Stranger(FileDescriptorSet schema) throws DescriptorValidationException {
        schema.getFileList().forEach(file -> sources.put(file.getName(), file));
        for (String name : sources.keySet()) {
            link(name);
        }
    }

    private FileDescriptor link(String name) throws DescriptorValidationException {
        FileDescriptor linked = files.get(name);
        if (linked == null) {
            FileDescriptorProto source = sources.get(name);
            if (source == null) {
                throw new IllegalStateException("the schema does not have " + name);
            }
            FileDescriptor[] imports = new FileDescriptor[source.getDependencyCount()];
            for (int i = 0; i < imports.length; i++) {
                imports[i] = link(source.getDependency(i));
            }
            linked = FileDescriptor.buildFrom(source, imports);
            files.put(name, linked);
        }
        return linked;
    }

    /** One call with one answer. */
    DynamicMessage call(Channel broker, String service, String method, String request) {
        MethodDescriptor<DynamicMessage, DynamicMessage> descriptor = method(service, method, MethodType.UNARY);
        return ClientCalls.blockingUnaryCall(
                broker, descriptor, CallOptions.DEFAULT, message(method + "Request", request));
    }

    Talk<DynamicMessage, DynamicMessage> talk(Channel broker, String service, String method) {
        return Talk.open(broker, method(service, method, MethodType.BIDI_STREAMING));
    }

    DynamicMessage message(String type, String text) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type(type));
        try {
            TextFormat.merge(text, message);
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
        return message.build();
    }

    private Descriptor type(String name) {
        return files.values().stream()
                .filter(file -> file.getPackage().equals("flotilla.v1"))
                .flatMap(file -> file.getMessageTypes().stream())
                .filter(type -> type.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the schema does not have message " + name));
    }

    private MethodDescriptor<DynamicMessage, DynamicMessage> method(String service, String method, MethodType type) {
        var definition = files.values().stream()
                .flatMap(file -> file.getServices().stream())
                .filter(candidate -> candidate.getFullName().equals(PACKAGE + service))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the schema does not have service " + service))
                .findMethodByName(method);
        return MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
                .setType(type)
                .setFullMethodName(generateFullMethodName(PACKAGE + service, method))
                .setRequestMarshaller(
                        ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(definition.getInputType())))
                .setResponseMarshaller(
                        ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(definition.getOutputType())))
                .build();
    }

    /** The field at {@code path}, with dots between names and numbers: {@code results.0.appended.base_offset}. */
    static Object field(DynamicMessage message, String path) {
        Object value = message;
        for (String step : path.split("\\.", -1)) {
            if (value instanceof java.util.List<?> list) {
                value = list.get(Integer.parseInt(step));
            } else if (value instanceof DynamicMessage inside) {
                value = inside.getField(inside.getDescriptorForType().findFieldByName(step));
            } else {
                throw new IllegalArgumentException("%s has no %s".formatted(value, step));
            }
        }
        return value;
    }

    static boolean has(DynamicMessage message, String name) {
        return message.hasField(message.getDescriptorForType().findFieldByName(name));
    }
}
