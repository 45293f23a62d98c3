package io.flotilla.wire;

import io.flotilla.v1.ConsumeRequest;
import io.flotilla.v1.ConsumeServiceGrpc;
import io.flotilla.v1.FetchRequest;
import io.flotilla.v1.GroupServiceGrpc;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.v1.ProduceServiceGrpc;
import io.flotilla.v1.SubscribeRequest;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;

/**
 * The methods that carry batches, with marshallers that leave the batches alone. Name, kind and schema are those of the
 * generated descriptors, so that the two kinds of code talk to each other and server reflection sees no difference. Each
 * method exists once as the server sees it and once as the client does: what one side sends as an
 * {@link OutboundMessage}, the other receives as one array.
 */
public final class RawMethods {
    private static final Marshaller<byte[]> ARRAY = new ByteArrayMarshaller();
    private static final Marshaller<OutboundMessage> OUTBOUND = new OutboundMarshaller();

    /** Produce for a broker; requests are for {@link ProduceEnvelope#scan}. */
    public static final MethodDescriptor<byte[], ProduceResponse> SERVE_PRODUCE =
            ProduceServiceGrpc.getProduceMethod().toBuilder(
                            ARRAY, ProduceServiceGrpc.getProduceMethod().getResponseMarshaller())
                    .build();

    /** Consume for a broker; batches by {@link OutboundMessage#batches}. */
    public static final MethodDescriptor<ConsumeRequest, OutboundMessage> SERVE_CONSUME =
            ConsumeServiceGrpc.getConsumeMethod().toBuilder(
                            ConsumeServiceGrpc.getConsumeMethod().getRequestMarshaller(), OUTBOUND)
                    .build();

    /** Fetch for a broker; the answer by {@link OutboundMessage#batches}. */
    public static final MethodDescriptor<FetchRequest, OutboundMessage> SERVE_FETCH =
            ConsumeServiceGrpc.getFetchMethod().toBuilder(
                            ConsumeServiceGrpc.getFetchMethod().getRequestMarshaller(), OUTBOUND)
                    .build();

    /** Subscribe for a broker; deliveries by {@link OutboundMessage#delivery}. */
    public static final MethodDescriptor<SubscribeRequest, OutboundMessage> SERVE_SUBSCRIBE =
            GroupServiceGrpc.getSubscribeMethod().toBuilder(
                            GroupServiceGrpc.getSubscribeMethod().getRequestMarshaller(), OUTBOUND)
                    .build();

    /** Produce for a client; requests by {@link OutboundMessage#produce}. */
    public static final MethodDescriptor<OutboundMessage, ProduceResponse> CALL_PRODUCE =
            ProduceServiceGrpc.getProduceMethod().toBuilder(
                            OUTBOUND, ProduceServiceGrpc.getProduceMethod().getResponseMarshaller())
                    .build();

    /** Consume for a client; answers are for {@link InboundEvent#parse}. */
    public static final MethodDescriptor<ConsumeRequest, byte[]> CALL_CONSUME =
            ConsumeServiceGrpc.getConsumeMethod().toBuilder(
                            ConsumeServiceGrpc.getConsumeMethod().getRequestMarshaller(), ARRAY)
                    .build();

    /** Fetch for a client; the answer is for {@link InboundEvent#parse}. */
    public static final MethodDescriptor<FetchRequest, byte[]> CALL_FETCH =
            ConsumeServiceGrpc.getFetchMethod().toBuilder(
                            ConsumeServiceGrpc.getFetchMethod().getRequestMarshaller(), ARRAY)
                    .build();

    /** Subscribe for a client; events are for {@link InboundMemberEvent#parse}. */
    public static final MethodDescriptor<SubscribeRequest, byte[]> CALL_SUBSCRIBE =
            GroupServiceGrpc.getSubscribeMethod().toBuilder(
                            GroupServiceGrpc.getSubscribeMethod().getRequestMarshaller(), ARRAY)
                    .build();

    private RawMethods() {}
}
