package io.flotilla.broker.group.kafka;

import java.net.InetAddress;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/** Who asks Kafka's coordinator, as far as it wants to know. */
record CallContext(ApiKeys api, String clientId, InetAddress clientAddress) implements AuthorizableRequestContext {
    static CallContext of(ApiKeys api) {
        return new CallContext(api, "", InetAddress.getLoopbackAddress());
    }

    @Override
    public String listenerName() {
        return "FLOTILLA";
    }

    @Override
    public SecurityProtocol securityProtocol() {
        return SecurityProtocol.PLAINTEXT;
    }

    @Override
    public KafkaPrincipal principal() {
        return KafkaPrincipal.ANONYMOUS;
    }

    @Override
    public int requestType() {
        return api.id;
    }

    @Override
    public int requestVersion() {
        return api.latestVersion();
    }

    @Override
    public int correlationId() {
        return 0;
    }
}
