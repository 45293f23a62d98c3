package io.flotilla.client;

import com.google.protobuf.ByteString;
import io.flotilla.record.NewRecord;
import java.util.Map;

/** An application without meters, to be run where there is no Micrometer. */
public final class Bystander {
    private Bystander() {}

    /** Writes a record to the topic "orders". */
    public static String run(String bootstrap) {
        ClientConfig config = ClientConfig.from(Map.of("client.bootstrap", bootstrap));
        try (FlotillaClient client = FlotillaClient.connect(config)) {
            Producer producer = FlotillaClient.join(client.producer("orders", ProducerConfig.DEFAULT));
            FlotillaClient.join(producer.send(NewRecord.of(ByteString.copyFromUtf8("without"))));
        }
        return config.toString();
    }
}
