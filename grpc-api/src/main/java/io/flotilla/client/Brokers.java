package io.flotilla.client;

import io.flotilla.v1.BrokerEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The brokers a client may ask anything: those it was told of and those it has learned of since. Sticks to one that
 * answers and moves on when it does not. Safe for any thread.
 */
final class Brokers {
    private final List<Endpoint> bootstrap;
    private final AtomicInteger current = new AtomicInteger();
    private volatile List<Endpoint> known;

    Brokers(List<Endpoint> bootstrap) {
        this.bootstrap = bootstrap;
        this.known = bootstrap;
    }

    /** The broker to ask now. */
    Endpoint current() {
        List<Endpoint> now = known;
        return now.get(Math.floorMod(current.get(), now.size()));
    }

    /** Moves on from {@code failed}, unless somebody else has done so already. */
    void moveOnFrom(Endpoint failed) {
        int index = current.get();
        if (current().equals(failed)) {
            current.compareAndSet(index, index + 1);
        }
    }

    /** How many there are. */
    int count() {
        return known.size();
    }

    /** Takes over what a broker says about the cluster; the bootstrap brokers stay. */
    void learn(List<BrokerEndpoint> brokers) {
        Endpoint now = current();
        List<Endpoint> all = new ArrayList<>(bootstrap);
        for (BrokerEndpoint broker : brokers) {
            Endpoint endpoint = Endpoint.of(broker);
            if (!all.contains(endpoint)) {
                all.add(endpoint);
            }
        }
        known = List.copyOf(all);
        current.set(Math.max(0, all.indexOf(now)));
    }
}
