package io.flotilla.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.raft.Leadership;
import io.flotilla.raft.Membership;
import io.flotilla.raft.MemoryMachine;
import io.flotilla.raft.Peer;
import io.flotilla.raft.PeerCalls;
import io.flotilla.raft.PeerUnreachableException;
import io.flotilla.raft.ProposeResult;
import io.flotilla.raft.RaftConfig;
import io.flotilla.raft.RaftMetrics;
import io.flotilla.raft.UntrustedLogException;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.retry.RetryPolicies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatisNodeIT {
    @TempDir
    Path directory;

    @Test
    void everyMemberAppliesTheSameEntriesAndKeepsTheSamePayloads() throws IOException {
        try (Trio trio = new Trio(directory, 3)) {
            List<MemoryMachine> machines = trio.openOnAll(1);

            List<String> texts =
                    IntStream.range(0, 50).mapToObj(i -> "entry " + i).toList();
            texts.forEach(text -> trio.commit(1, text));

            trio.awaitApplied(1, machines, 50);
            assertThat(machines).allSatisfy(m -> {
                assertThat(m.applied()).isEqualTo(texts);
                assertThat(m.kept()).isEqualTo(texts);
            });
        }
    }

    @Test
    void theFirstInTheOrderOfPreferenceLeadsANewGroup() throws IOException {
        try (Trio trio = new Trio(directory, 3)) {
            trio.openOnAll(1);

            int leader = trio.leaderId(1);

            assertThat(leader).isEqualTo(1);
        }
    }

    @Test
    void aFollowerThatDoesNotLeadNamesTheLeader() throws IOException {
        try (Trio trio = new Trio(directory, 3)) {
            trio.openOnAll(1);
            int leader = trio.leaderId(1);
            int follower = leader == 3 ? 2 : 3;
            Await.until(
                    "the follower knows",
                    () -> trio.member(follower, 1).orElseThrow().leadership().leaderId() == leader);

            ProposeResult result = trio.member(follower, 1)
                    .orElseThrow()
                    .propose(new byte[1], new byte[1])
                    .join();

            assertThat(result).isEqualTo(new ProposeResult.NotLeader(leader));
        }
    }

    @Test
    void anotherMemberLeadsWhenTheLeadersProcessIsGone() throws IOException {
        try (Trio trio = new Trio(directory, 3)) {
            List<MemoryMachine> machines = trio.openOnAll(1);
            trio.commit(1, "before");
            int first = trio.leaderId(1);

            trio.stop(first);
            trio.commit(1, "after");

            assertThat(trio.leaderId(1)).isNotEqualTo(first);
            assertThat(machines.get(trio.leaderId(1) - 1).applied()).containsExactly("before", "after");
        }
    }

    @Test
    void aMemberThatTheFirstLeaderNeverReachedHelpsToElectTheNext() throws IOException {
        try (Trio trio = new Trio(directory, 3)) {
            List<MemoryMachine> machines = List.of(new MemoryMachine(), new MemoryMachine(), new MemoryMachine());
            CompletableFuture.allOf(trio.open(1, 1, machines.get(0)), trio.open(2, 1, machines.get(1)))
                    .join();
            trio.commit(1, "before");
            trio.awaitApplied(1, machines.subList(0, 2), 1);
            int first = trio.leaderId(1);

            trio.stop(first);
            trio.open(3, 1, machines.get(2)).join();
            trio.commit(1, "after");

            assertThat(trio.leaderId(1)).isNotEqualTo(first);
            assertThat(machines.get(trio.leaderId(1) - 1).applied()).containsExactly("before", "after");
        }
    }

    @Test
    void entriesSurviveARestartOfAllMembers() throws IOException {
        try (Trio trio = new Trio(directory, 3)) {
            List<MemoryMachine> machines = trio.openOnAll(1);
            trio.commit(1, "kept");
            for (int id = 1; id <= 3; id++) {
                trio.stop(id);
                machines.get(id - 1).crash();
            }

            for (int id = 1; id <= 3; id++) {
                trio.start(id);
                trio.open(id, 1, machines.get(id - 1)).join();
            }

            trio.commit(1, "new");
            trio.awaitApplied(1, machines, 2);
            assertThat(machines).allSatisfy(m -> assertThat(m.applied()).containsExactly("kept", "new"));
        }
    }

    @Test
    void whatWasAppliedIsNotAppliedAgainIfItsEffectsAreKept() throws IOException {
        try (Trio trio = new Trio(directory, 3)) {
            List<MemoryMachine> machines = trio.openOnAll(1);
            trio.commit(1, "old");
            trio.awaitApplied(1, machines, 1);
            for (int id = 1; id <= 3; id++) {
                trio.stop(id);
                machines.get(id - 1).startAfterStored();
                machines.get(id - 1).crash();
            }

            for (int id = 1; id <= 3; id++) {
                trio.start(id);
                trio.open(id, 1, machines.get(id - 1)).join();
            }

            trio.commit(1, "new");
            trio.awaitApplied(1, machines, 1);
            assertThat(machines).allSatisfy(m -> assertThat(m.applied()).containsExactly("new"));
            assertThat(machines).allSatisfy(m -> assertThat(m.kept()).containsExactly("old", "new"));
        }
    }

    @Test
    void aProposalThatHasReturnedIsInThePayloadStore() throws IOException {
        try (Trio trio = new Trio(directory, 3)) {
            List<MemoryMachine> machines = trio.openOnAll(1);
            io.flotilla.raft.RaftGroup leader = trio.leader(1);
            MemoryMachine machine = machines.get(leader.leadership().leaderId() - 1);

            for (int i = 1; i <= 50; i++) {
                var unused = leader.propose(
                        new byte[1], new byte[] {(byte) i}, leader.leadership().term());
                assertThat(machine.kept()).hasSize(i);
            }
        }
    }

    @Test
    void anEntryThatWasDecidedOnInAnotherTermIsNotAppended() throws IOException {
        try (Trio trio = new Trio(directory, 3)) {
            List<MemoryMachine> machines = trio.openOnAll(1);
            trio.commit(1, "before");
            io.flotilla.raft.RaftGroup leader = trio.leader(1);
            byte[] late = "late".getBytes(StandardCharsets.UTF_8);

            ProposeResult result =
                    leader.propose(late, late, leader.leadership().term() - 1).join();

            assertThat(result).isInstanceOf(ProposeResult.Refused.class);
            trio.commit(1, "after");
            assertThat(machines.get(trio.leaderId(1) - 1).kept())
                    .startsWith("before")
                    .containsOnly("before", "after");
        }
    }

    @Test
    void aFailedFlushTakesTheMemberOutOfServiceAndTheOthersGoOn() throws IOException {
        try (Trio trio = new Trio(directory, 3)) {
            List<MemoryMachine> machines = trio.openOnAll(1);
            trio.openOnAll(2);
            trio.commit(1, "before");
            int first = trio.leaderId(1);
            MemoryMachine broken = machines.get(first - 1);

            broken.failNextFlush(new IOException("injected: disk is gone"));
            trio.commit(1, "after");

            Await.until("the failure is reported", () -> broken.failure() != null);
            assertThat(broken.failure()).hasMessageContaining("disk is gone");
            assertThat(trio.leaderId(1)).isNotEqualTo(first);
            trio.commit(2, "the other group on that node is well");
        }
    }

    @Test
    void aFlushThatHangsTakesTheMemberOutOfServiceAndTheOthersGoOn() throws IOException {
        CompletableFuture<Void> diskAnswers = new CompletableFuture<>();
        try (Trio trio = new Trio(directory, 3, config -> config.flushingWithin(Duration.ofSeconds(1)))) {
            List<MemoryMachine> machines = trio.openOnAll(1);
            trio.openOnAll(2);
            trio.commit(1, "before");
            int first = trio.leaderId(1);
            MemoryMachine hung = machines.get(first - 1);

            hung.hangFlushes(diskAnswers);
            CompletableFuture<ProposeResult> inFlight = trio.leader(1).propose(new byte[1], new byte[1]);

            Await.until("the failure is reported", () -> hung.failure() != null);
            assertThat(hung.failure()).hasMessageContaining("the disk hangs");
            trio.commit(1, "after");
            assertThat(trio.leaderId(1)).isNotEqualTo(first);
            trio.commit(2, "the other group on that node is well");
            diskAnswers.complete(null);
            assertThat(inFlight.join()).isNotInstanceOf(ProposeResult.Committed.class);
        } finally {
            diskAnswers.complete(null);
        }
    }

    @Test
    void aHeaderWhosePayloadHungIsNotWrittenWhenTheDiskComesBack() throws IOException {
        CompletableFuture<Void> diskAnswers = new CompletableFuture<>();
        try (Trio trio = new Trio(directory, 1, config -> config.flushingWithin(Duration.ofSeconds(1)))) {
            MemoryMachine hung = trio.openOnAll(1).get(0);
            trio.commit(1, "before");
            hung.hangFlushes(diskAnswers);
            CompletableFuture<ProposeResult> inFlight = trio.leader(1).propose(new byte[1], new byte[1]);
            Await.until("the failure is reported", () -> hung.failure() != null);

            diskAnswers.complete(null);

            assertThat(inFlight.join()).isInstanceOf(ProposeResult.Unknown.class);
            assertThat(hung.applied()).containsExactly("before");
        } finally {
            diskAnswers.complete(null);
        }
    }

    @Test
    void anEntryTooLargeIsRefusedAndCostsTheLeaderNothing() throws IOException {
        try (Trio trio = new Trio(directory, 1)) {
            trio.openOnAll(1);
            long term = trio.leader(1).leadership().term();
            byte[] tooLarge = new byte[trio.config(1).maxEntryBytes()];

            assertThatThrownBy(() -> trio.leader(1).propose(new byte[1], tooLarge))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(tooLarge.length));

            byte[] justFits = new byte[tooLarge.length - 513];
            assertThat(trio.leader(1).propose(new byte[1], justFits).join())
                    .isInstanceOf(ProposeResult.Committed.class);
            assertThat(trio.leader(1).leadership().term()).isEqualTo(term);
        }
    }

    @Test
    void aMemberCanBeStoppedWhileItIsOpeningAndOpenedAgain() throws IOException {
        try (Trio trio = new Trio(directory, 1)) {
            MemoryMachine machine = new MemoryMachine();
            CompletableFuture<?> opening = trio.open(1, 1, machine);

            trio.node(1).stop(Trio.group(1)).join();

            assertThat(opening).isDone();
            assertThat(trio.node(1).group(Trio.group(1))).isEmpty();
            trio.open(1, 1, machine).join();
            trio.commit(1, "goes on");
            assertThat(machine.failure()).isNull();
        }
    }

    @Test
    void aMemberThatIsOpenIsNotOpenedTwice() throws IOException {
        try (Trio trio = new Trio(directory, 1)) {
            trio.openOnAll(1);

            assertThatThrownBy(() -> trio.open(1, 1, new MemoryMachine()).join())
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is open");
            trio.commit(1, "the first goes on");
        }
    }

    @Test
    void aGroupAtRestDoesNotWakeUpTenTimesASecond() throws Exception {
        try (Trio trio = new Trio(directory, 1)) {
            trio.openOnAll(1);
            trio.commit(1, "the last for a while");
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            ThreadInfo updater = Arrays.stream(threads.dumpAllThreads(false, false))
                    .filter(t -> t.getThreadName().contains("StateMachineUpdater"))
                    .findFirst()
                    .orElseThrow();
            long before = waits(threads, updater);

            long end = System.nanoTime() + Duration.ofMillis(1500).toNanos();
            Await.until("time has passed", () -> System.nanoTime() > end);

            assertThat(waits(threads, updater) - before).isLessThan(5);
        }
    }

    private static long waits(ThreadMXBean threads, ThreadInfo thread) {
        return threads.getThreadInfo(thread.getThreadId()).getWaitedCount();
    }

    @Test
    void callsBetweenNodesAreLimitedOnBothSides() throws IOException {
        try (Trio trio = new Trio(directory, 2)) {
            PeerCalls from = trio.node(1).calls();
            Peer to = trio.peers().get(1);
            trio.node(2).calls().handle("size", request -> CompletableFuture.completedFuture(new byte[request.length]));
            trio.node(2).calls().handle("large", request -> {
                byte[] answer = new byte[PeerCalls.MAX_BYTES + 1];
                return CompletableFuture.completedFuture(answer);
            });
            trio.node(2).calls().handle("broken", request -> {
                throw new IllegalStateException("injected: handler is broken");
            });
            Duration patience = Duration.ofSeconds(20);

            assertThat(from.call(to, "size", new byte[PeerCalls.MAX_BYTES], patience)
                            .join())
                    .hasSize(PeerCalls.MAX_BYTES);
            assertThatThrownBy(() -> from.call(to, "size", new byte[PeerCalls.MAX_BYTES + 1], patience)
                            .join())
                    .hasMessageContaining("at most %d fit".formatted(PeerCalls.MAX_BYTES));
            assertThatThrownBy(
                            () -> from.call(to, "large", new byte[1], patience).join())
                    .hasCauseInstanceOf(PeerUnreachableException.class)
                    .hasMessageContaining("RESOURCE_EXHAUSTED");
            assertThatThrownBy(
                            () -> from.call(to, "broken", new byte[1], patience).join())
                    .hasMessageContaining("handler is broken");
            assertThatThrownBy(() ->
                            from.call(to, "unknown", new byte[1], patience).join())
                    .hasMessageContaining("UNIMPLEMENTED");
            assertThatThrownBy(() -> from.call(new Peer(9, "no host", 1), "size", new byte[1], patience)
                            .join())
                    .hasCauseInstanceOf(PeerUnreachableException.class);
        }
    }

    @Test
    void aListenerThatMissesItsLeaderStaysAListener() throws IOException {
        try (Trio trio = new Trio(directory, 2, RatisNodeIT::withShortElections)) {
            List<Peer> voters = trio.peers().subList(0, 1);
            Peer self = trio.peers().get(1);
            trio.node(1)
                    .open(Trio.group(1), "g1", voters, false, new MemoryMachine())
                    .join();
            trio.commit(1, "before");
            var unused = new Membership(trio.node(1).calls(), trio.node(1)::group);
            MemoryMachine listening = new MemoryMachine();
            trio.node(2).open(Trio.group(1), "g1", voters, true, listening).join();
            new Membership(trio.node(2).calls(), trio.node(2)::group)
                    .enter(Trio.group(1), self, voters, false)
                    .join();
            Await.until("the listener has applied", () -> listening.applied().size() == 1);

            trio.stop(1);
            long end = System.nanoTime() + Duration.ofMillis(2500).toNanos();
            Await.until("elections would have begun", () -> System.nanoTime() > end);

            assertThat(listening.failure()).isNull();
            assertThat(trio.member(2, 1).orElseThrow().leadership().role()).isEqualTo(Leadership.Role.LISTENER);
        }
    }

    private static RaftConfig withShortElections(RaftConfig defaults) {
        return new RaftConfig(
                defaults.directory(),
                defaults.listenHost(),
                Duration.ofMillis(500),
                Duration.ofMillis(1000),
                Duration.ofMillis(500),
                Duration.ofMillis(1000),
                defaults.pingInterval(),
                defaults.peerSilence(),
                defaults.flushTimeout(),
                defaults.keptEntries(),
                defaults.maxEntryBytes(),
                defaults.tuning());
    }

    @Test
    void aTornLastRecordIsCutAndDisturbsNobody() throws IOException {
        try (Trio trio = new Trio(directory, 1)) {
            MemoryMachine torn = trio.openOnAll(1).get(0);
            MemoryMachine other = trio.openOnAll(2).get(0);
            for (int i = 0; i < 5; i++) {
                trio.commit(1, "entry " + i);
            }
            trio.commit(2, "other");
            trio.stop(1);
            torn.restart();
            other.restart();
            torn.takeBackMark(4); // as after a power loss, when the mark is older than the last flush
            damageTail(trio.raftLog(1, 1), 6);
            trio.start(1);

            trio.open(1, 1, torn).join();
            trio.open(1, 2, other).join();

            trio.commit(1, "goes on");
            trio.commit(2, "goes on");
            assertThat(torn.applied()).containsExactly("entry 0", "entry 1", "entry 2", "entry 3", "goes on");
            assertThat(other.applied()).containsExactly("other", "goes on");
        }
    }

    @Test
    void aLogShorterThanWhatWasStoredIsNotOpenedAndIsRebuiltFromThePeers() throws Exception {
        try (Trio trio = new Trio(directory, 3)) {
            List<MemoryMachine> machines = trio.openOnAll(1);
            List<Peer> peers = trio.peers();
            List<Membership> memberships = new ArrayList<>();
            for (Peer peer : peers) {
                memberships.add(new Membership(
                        trio.node(peer.nodeId()).calls(),
                        id -> trio.node(peer.nodeId()).group(id)));
            }
            for (int i = 0; i < 30; i++) {
                trio.commit(1, "entry " + i);
            }
            trio.awaitApplied(1, machines, 30);
            trio.stop(3);
            MemoryMachine lost = machines.get(2);
            lost.restart();
            keepThird(trio.raftLog(3, 1));
            trio.start(3);
            Membership membership =
                    new Membership(trio.node(3).calls(), id -> trio.node(3).group(id));

            assertThatThrownBy(() -> trio.open(3, 1, lost).join())
                    .hasCauseInstanceOf(UntrustedLogException.class)
                    .hasMessageContaining("were stored here");
            trio.node(3).setAside(Trio.group(1), directory.resolve("aside"));
            lost.clear();
            membership.leave(Trio.group(1), peers.get(2), peers).join();
            trio.node(3).open(Trio.group(1), "g1", peers, true, lost).join();
            membership.enter(Trio.group(1), peers.get(2), peers, true).join();

            trio.awaitApplied(1, List.of(lost), 30);
            assertThat(lost.kept()).isEqualTo(machines.get(0).kept());
            assertThat(trio.leader(1).members().voters()).hasSize(3);
            assertThat(memberships).hasSize(3);
        }
    }

    @Test
    void aLogWithoutItsVoteIsNotOpened() throws IOException {
        try (Trio trio = new Trio(directory, 1)) {
            MemoryMachine machine = trio.openOnAll(1).get(0);
            trio.commit(1, "entry");
            trio.stop(1);
            machine.restart();
            Files.delete(trio.raftLog(1, 1).resolve("raft-meta"));
            trio.start(1);

            assertThatThrownBy(() -> trio.open(1, 1, machine).join())
                    .hasCauseInstanceOf(UntrustedLogException.class)
                    .hasMessageContaining("vote");
        }
    }

    @Test
    void aVoteIsForcedIntoItsDirectory() throws IOException {
        Metrics.addRegistry(new SimpleMeterRegistry());
        try (Trio trio = new Trio(directory, 1)) {
            trio.openOnAll(1);
            trio.leader(1);
            double before = RaftMetrics.DIRECTORY_FORCES.count();

            trio.stop(1);
            trio.start(1);
            trio.open(1, 1, new MemoryMachine()).join();
            trio.leader(1); // takes a new term and a vote for itself

            assertThat(RaftMetrics.DIRECTORY_FORCES.count()).isGreaterThan(before);
        }
    }

    @Test
    void strangersCannotDeleteAGroupOrWriteToIt() throws IOException {
        try (Trio trio = new Trio(directory, 1)) {
            MemoryMachine machine = trio.openOnAll(1).get(0);
            trio.commit(1, "mine");
            RaftGroup group = RatisPeers.group(Trio.group(1), trio.peers());
            RaftProperties properties = new RaftProperties();
            try (RaftClient stranger = RaftClient.newBuilder()
                    .setProperties(properties)
                    .setRaftGroup(group)
                    .setRetryPolicy(RetryPolicies.noRetry())
                    .setClientRpc(new GrpcFactory(new Parameters()).newRaftClientRpc(ClientId.randomId(), properties))
                    .build()) {
                assertThatThrownBy(() -> stranger.getGroupManagementApi(RatisPeers.peerId(1))
                                .remove(group.getGroupId(), true, false))
                        .hasStackTraceContaining("PERMISSION_DENIED");
                assertThatThrownBy(() -> stranger.io().send(Message.valueOf("theirs")))
                        .isInstanceOf(IOException.class);
            }

            trio.commit(1, "still mine");
            assertThat(machine.applied()).containsExactly("mine", "still mine");
        }
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (Trio trio = new Trio(directory, 1)) {
            int taken = trio.peers().get(0).port();

            assertThatThrownBy(() -> RatisNode.start(2, trio.config(2), taken, id -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(String.valueOf(taken));
        }
    }

    private static void damageTail(Path log, int bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(openLog(log).toFile(), "rw")) {
            long end = contentEnd(file);
            file.seek(end - bytes);
            file.write(new byte[bytes]);
        }
    }

    private static void keepThird(Path log) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(openLog(log).toFile(), "rw")) {
            file.setLength(contentEnd(file) / 3);
        }
    }

    /** Behind the last byte that is not padding. */
    private static long contentEnd(RandomAccessFile file) throws IOException {
        long end = file.length();
        do {
            file.seek(--end);
        } while (file.read() == 0);
        return end + 1;
    }

    private static Path openLog(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(f -> f.getFileName().toString().startsWith("log_inprogress"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
