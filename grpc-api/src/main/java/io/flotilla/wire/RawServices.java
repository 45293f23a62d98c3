package io.flotilla.wire;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.ErrorCode;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Puts {@link RawMethods} in the place of generated methods of a service. */
public final class RawServices {
    private static final Metadata.Key<String> MESSAGE_ENCODING =
            Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

    private RawServices() {}

    /**
     * The same service with some methods replaced. Calls of these that announce compressed gRPC messages are refused:
     * batches are compressed already, and a compressed message would cost two more copies.
     *
     * @throws IllegalArgumentException if the service has no method of that name
     */
    public static ServerServiceDefinition replace(
            ServerServiceDefinition service, ServerMethodDefinition<?, ?>... raw) {
        Map<String, ServerMethodDefinition<?, ?>> methods = new LinkedHashMap<>();
        for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
            methods.put(method.getMethodDescriptor().getFullMethodName(), method);
        }
        for (ServerMethodDefinition<?, ?> method : raw) {
            String name = method.getMethodDescriptor().getFullMethodName();
            if (methods.replace(name, refusingCompression(method)) == null) {
                throw new IllegalArgumentException("service %s has no method %s"
                        .formatted(service.getServiceDescriptor().getName(), name));
            }
        }
        return rebuild(service.getServiceDescriptor(), methods);
    }

    private static ServerServiceDefinition rebuild(
            ServiceDescriptor original, Map<String, ServerMethodDefinition<?, ?>> methods) {
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(original.getName()).setSchemaDescriptor(original.getSchemaDescriptor());
        methods.values().forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
        methods.values().forEach(service::addMethod);
        return service.build();
    }

    private static <Q, A> ServerMethodDefinition<Q, A> refusingCompression(ServerMethodDefinition<Q, A> method) {
        ServerCallHandler<Q, A> next = method.getServerCallHandler();
        return method.withServerCallHandler((call, headers) -> {
            String encoding = headers.get(MESSAGE_ENCODING);
            return encoding == null || encoding.equals("identity")
                    ? next.startCall(call, headers)
                    : refuse(call, encoding);
        });
    }

    private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, String encoding) {
        StatusRuntimeException refusal = GrpcErrors.toStatus(FlotillaException.of(
                ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE,
                "%s does not accept gRPC messages compressed with %s; compress batches instead"
                        .formatted(call.getMethodDescriptor().getFullMethodName(), encoding)));
        Metadata trailers = refusal.getTrailers();
        call.close(refusal.getStatus(), trailers != null ? trailers : new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
