package io.flotilla.broker.grpc;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Subscribe calls of this broker, found by group: the news of one group are of no interest to the members of all
 * others. Safe for use by any thread.
 */
final class MemberCalls {
    private final Set<MemberCall> all = ConcurrentHashMap.newKeySet();
    private final Map<String, Set<MemberCall>> byGroup = new ConcurrentHashMap<>(); // those that have joined

    void began(MemberCall call) {
        all.add(call);
    }

    void joins(MemberCall call, String group) {
        byGroup.compute(group, (name, calls) -> {
            Set<MemberCall> members = calls == null ? ConcurrentHashMap.newKeySet() : calls;
            members.add(call);
            return members;
        });
    }

    /** @param group empty if it has not joined */
    void ended(MemberCall call, String group) {
        all.remove(call);
        byGroup.computeIfPresent(group, (name, calls) -> {
            calls.remove(call);
            return calls.isEmpty() ? null : calls;
        });
    }

    void groupChanged(String group) {
        byGroup.getOrDefault(group, Set.of()).forEach(MemberCall::groupChanged);
    }

    void heartbeat(int intervalMs) {
        all.forEach(call -> call.heartbeat(intervalMs));
    }

    int count() {
        return all.size();
    }
}
