package io.flotilla.broker.producer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.flotilla.broker.control.LocalGroup;
import io.flotilla.broker.control.TestReplicas;
import io.flotilla.broker.partition.AppendOutcome;
import io.flotilla.broker.partition.AppendOutcome.Appended;
import io.flotilla.broker.partition.AppendOutcome.Denied;
import io.flotilla.broker.partition.AppendOutcome.Refused;
import io.flotilla.broker.partition.AppendOutcome.Unknown;
import io.flotilla.broker.partition.NewBatch;
import io.flotilla.broker.partition.Partition;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TestImages;
import io.flotilla.raft.ProposeResult;
import io.flotilla.record.ProducerSequence;
import io.flotilla.v1.ProducerStamp;
import io.flotilla.v1.Record;
import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.RecordSet;
import io.flotilla.v1.TimestampType;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Batches of a producer on their way through a partition whose group commits when the test says so. */
class ConditionalAppendTest {
    private static final PartitionId ID = new PartitionId(TestImages.topicId(1), 0);
    private static final long PRODUCER = 5;
    private static final int TERM = 3;

    private final TestReplicas replicas = new TestReplicas();
    private final LocalGroup group = replicas.serve(ID).leads(1, TERM);
    private final Partition partition = replicas.partition(ID);

    private CompletableFuture<AppendOutcome> append(int sequence) {
        byte[] bytes = RecordBatch.newBuilder()
                .setProducer(ProducerStamp.newBuilder().setProducerId(PRODUCER).setBaseSequence(sequence))
                .setRecords(RecordSet.newBuilder()
                        .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8("value " + sequence))))
                .build()
                .toByteArray();
        return partition.append(new NewBatch(
                bytes,
                0,
                bytes.length,
                1,
                1000,
                TimestampType.TIMESTAMP_TYPE_UNSPECIFIED,
                new NewBatch.Conditions(
                        new ProducerSequence(PRODUCER, 0, sequence, false), null, OptionalLong.empty())));
    }

    private static Appended appended(CompletableFuture<AppendOutcome> outcome) {
        return (Appended) outcome.join();
    }

    @Test
    void theRepeatOfACommittedBatchIsAnsweredAtOnce() {
        Appended first = appended(append(0));

        Appended again = appended(append(0));

        assertThat(first.duplicate()).isFalse();
        assertThat(again).isEqualTo(new Appended(first.batch(), true));
        assertThat(partition.logEnd()).isEqualTo(1);
    }

    @Test
    void theRepeatOfABatchInFlightIsAnsweredWhenThatIsCommitted() {
        group.hold();
        CompletableFuture<AppendOutcome> first = append(0);

        CompletableFuture<AppendOutcome> again = append(0);
        CompletableFuture<AppendOutcome> next = append(1);
        assertThat(again).isNotDone();
        group.commit();

        assertThat(appended(first).duplicate()).isFalse();
        assertThat(appended(again)).isEqualTo(new Appended(appended(first).batch(), true));
        assertThat(appended(next).batch().baseOffset()).isEqualTo(1);
        assertThat(partition.logEnd()).isEqualTo(2);
    }

    @Test
    void theRepeatOfABatchWhoseFateIsOpenIsOpenToo() {
        group.hold();
        CompletableFuture<AppendOutcome> first = append(0);
        CompletableFuture<AppendOutcome> again = append(0); // waits behind the first
        CompletableFuture<AppendOutcome> next = append(1);

        group.end(new ProposeResult.Unknown("the lead has moved"));

        assertThat(first.join()).isInstanceOf(Unknown.class);
        assertThat(again.join()).isInstanceOf(Refused.class);
        assertThat(next.join()).as("not tried").isInstanceOf(Refused.class);
        assertThat(append(0).join())
                .as("in the log, not committed, and nothing in flight that would tell")
                .isInstanceOf(Refused.class);
    }

    @Test
    void aGapIsRefusedOnceTheOthersHaveConfirmedTheLead() {
        group.hold();

        CompletableFuture<AppendOutcome> gap = append(1);
        assertThat(gap).isNotDone();
        group.commit();

        assertThat(gap.join())
                .isInstanceOfSatisfying(
                        Denied.class,
                        denied -> assertThat(denied.why().reason()).isEqualTo(Verdict.Reason.UNKNOWN_PRODUCER));
        assertThat(partition.logEnd()).isZero();
    }

    @Test
    void aLeaderThatWasDeposedRefusesNothingForGood() {
        group.hold();
        CompletableFuture<AppendOutcome> gap = append(1);

        group.end(new ProposeResult.Unknown("the lead has moved"));

        assertThat(gap.join()).isInstanceOf(Refused.class);
    }

    @Test
    void whoDoesNotLeadJudgesNothing() {
        group.follows(2, TERM);

        assertThat(append(1).join()).isInstanceOf(AppendOutcome.NotLeader.class);
        assertThat(append(0).join()).isInstanceOf(AppendOutcome.NotLeader.class);
    }

    @Test
    void manyBatchesOfOneProducerAreJoinedInOrder() {
        group.hold();
        CompletableFuture<AppendOutcome> first = append(0);
        CompletableFuture<?>[] rest = new CompletableFuture<?>[50];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = append(i + 1);
        }
        group.commit();

        assertThat(appended(first).batch().baseOffset()).isZero();
        for (int i = 0; i < rest.length; i++) {
            assertThat(((Appended) rest[i].join()).batch().baseOffset()).isEqualTo(i + 1);
        }
    }
}
