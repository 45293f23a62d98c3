package io.flotilla.raft.ratis;

import io.flotilla.raft.PeerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/**
 * What the internal listener serves: Raft between members, and our own calls between nodes. Ratis registers two more
 * services there, with which anyone who reaches the port could write to groups or delete them; they are refused.
 */
final class PeerListener implements GrpcServices.Customizer {
    static final String SERVICE = "flotilla.internal.Peers";
    private static final String CALL = "Call";
    private static final Set<String> SERVED = Set.of(RaftServerProtocolServiceGrpc.SERVICE_NAME, SERVICE);

    /** One call: the name of the method as a header, the rest as bytes. */
    static final MethodDescriptor<byte[], byte[]> METHOD = MethodDescriptor.newBuilder(new Bytes(), new Bytes())
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, CALL))
            .build();

    private final ConcurrentMap<String, PeerCalls.Handler> handlers = new ConcurrentHashMap<>();

    void handle(String method, PeerCalls.Handler handler) {
        handlers.put(method, handler);
    }

    @Override
    public NettyServerBuilder customize(NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
        return builder.intercept(new OnlyServed())
                .addService(ServerServiceDefinition.builder(SERVICE)
                        .addMethod(METHOD, ServerCalls.asyncUnaryCall(this::answer))
                        .build())
                .maxInboundMetadataSize(8 << 10)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
    }

    private void answer(byte[] framed, StreamObserver<byte[]> out) {
        PeerRequest request = PeerRequest.decode(framed);
        PeerCalls.Handler handler = handlers.get(request.method());
        if (handler == null) {
            out.onError(Status.UNIMPLEMENTED
                    .withDescription("no such call: " + request.method())
                    .asRuntimeException());
            return;
        }
        var unused = answer(handler, request.body()).whenComplete((answer, error) -> {
            if (error == null && answer.length > PeerCalls.MAX_BYTES) {
                out.onError(Status.RESOURCE_EXHAUSTED
                        .withDescription(
                                "the answer has %d bytes; at most %d fit".formatted(answer.length, PeerCalls.MAX_BYTES))
                        .asRuntimeException());
            } else if (error == null) {
                out.onNext(answer);
                out.onCompleted();
            } else {
                out.onError(Status.INTERNAL.withDescription(error.toString()).asRuntimeException());
            }
        });
    }

    private static CompletableFuture<byte[]> answer(PeerCalls.Handler handler, byte[] body) {
        if (body.length > PeerCalls.MAX_BYTES) {
            return CompletableFuture.failedFuture(new IllegalArgumentException(
                    "the request has %d bytes; at most %d fit".formatted(body.length, PeerCalls.MAX_BYTES)));
        }
        try {
            return handler.answer(body);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static final class OnlyServed implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            if (SERVED.contains(call.getMethodDescriptor().getServiceName())) {
                return next.startCall(call, headers);
            }
            call.close(
                    Status.PERMISSION_DENIED.withDescription("the internal listener serves only its cluster's nodes"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
