package io.flotilla.broker.group;

import io.flotilla.broker.v1.GroupsChanged;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells brokers of changes in the groups they have members of, so that these hear of new assignments at once and not with
 * their next heartbeat. Changes that come close together are told together. Best effort: a heartbeat follows anyway.
 */
final class GroupNews {
    private static final int TOGETHER_MS = 10;
    private static final long FORGET_NANOS = Duration.ofMinutes(1).toNanos();

    private final Mail mail;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;

    // guarded by this
    private final Map<String, Map<Integer, Long>> interested = new HashMap<>(); // group -> broker -> heard at
    private final Set<String> changed = new HashSet<>();
    private boolean scheduled;
    private long forgottenAt;

    /** Brings news to a broker, perhaps this one. */
    interface Mail {
        void send(int broker, GroupsChanged news);
    }

    GroupNews(Mail mail, ScheduledExecutorService timer, LongSupplier nanoClock) {
        this.mail = mail;
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.forgottenAt = nanoClock.getAsLong();
    }

    /** A member of the group speaks through {@code broker}. */
    synchronized void heard(String group, int broker) {
        long now = nanoClock.getAsLong();
        interested.computeIfAbsent(group, name -> new HashMap<>()).put(broker, now);
        if (now - forgottenAt > FORGET_NANOS) {
            forgottenAt = now;
            interested.values().forEach(brokers -> brokers.values().removeIf(at -> now - at > FORGET_NANOS));
            interested.values().removeIf(Map::isEmpty);
        }
    }

    synchronized void changed(Set<String> groups) {
        changed.addAll(groups);
        if (!scheduled) {
            scheduled = true;
            var unused = timer.schedule(this::tell, TOGETHER_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void tell() {
        takeNews().forEach((broker, news) -> mail.send(broker, news.build()));
    }

    private synchronized Map<Integer, GroupsChanged.Builder> takeNews() {
        scheduled = false;
        Map<Integer, GroupsChanged.Builder> news = new HashMap<>();
        for (String group : changed) {
            interested
                    .getOrDefault(group, Map.of())
                    .keySet()
                    .forEach(broker -> news.computeIfAbsent(broker, id -> GroupsChanged.newBuilder())
                            .addGroups(group));
        }
        changed.clear();
        return news;
    }
}
