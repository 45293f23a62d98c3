package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.flotilla.broker.v1.Holding;
import io.flotilla.v1.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemberHoldingsTest {
    private static final ByteString ORDERS = ByteString.copyFromUtf8("id of orders");
    private static final ByteString ORDERS_AGAIN = ByteString.copyFromUtf8("another id");

    private final Map<ByteString, String> topics = new HashMap<>(Map.of(ORDERS, "orders", ORDERS_AGAIN, "orders"));
    private final List<String> told = new ArrayList<>();
    private final MemberHoldings holdings =
            new MemberHoldings(id -> Optional.ofNullable(topics.get(id)), new MemberHoldings.Listener() {
                @Override
                public void gained(List<MemberHoldings.Gained> partitions) {
                    partitions.forEach(
                            partition -> told.add("+" + partition.name().getPartition()));
                }

                @Override
                public void lost(List<TopicPartition> partitions) {
                    partitions.forEach(partition -> told.add("-" + partition.getPartition()));
                }

                @Override
                public void settled(Holding holding) {
                    told.add("holds "
                            + holding.getTopicsList().stream()
                                    .map(Holding.TopicPartitions::getPartitionsList)
                                    .toList());
                }
            });

    private static Holding of(ByteString topic, Integer... partitions) {
        return partitions.length == 0
                ? Holding.getDefaultInstance()
                : Holding.newBuilder()
                        .addTopics(Holding.TopicPartitions.newBuilder()
                                .setTopicId(topic)
                                .addAllPartitions(List.of(partitions)))
                        .build();
    }

    private static TopicPartition partition(int number) {
        return TopicPartition.newBuilder()
                .setTopic("orders")
                .setPartition(number)
                .build();
    }

    @Test
    void takesWhatItIsGivenAndSaysSo() {
        holdings.aim(of(ORDERS, 0, 1));
        holdings.followTarget();

        assertThat(told).containsExactly("+0", "+1", "holds [[0, 1]]");
    }

    @Test
    void saysThatItHasGivenUpOnlyOnceItHas() {
        holdings.aim(of(ORDERS, 0, 1));
        told.clear();

        holdings.aim(of(ORDERS, 1));
        assertThat(told).containsExactly("-0");
        assertThat(holdings.isLeaving(partition(0))).isTrue();
        assertThat(holdings.holds(partition(0))).isTrue();
        holdings.released(partition(0));

        assertThat(told).containsExactly("-0", "holds [[1]]");
        assertThat(holdings.holds(partition(0))).isFalse();
    }

    @Test
    void whatComesBackWhileItIsGivenUpIsTakenAnew() {
        holdings.aim(of(ORDERS, 0));
        holdings.aim(of(ORDERS));
        holdings.aim(of(ORDERS, 0));
        told.clear();

        holdings.released(partition(0));

        assertThat(told).containsExactly("holds []", "+0", "holds [[0]]");
    }

    @Test
    void aTopicThatIsNotKnownYetIsTakenOnceItIs() {
        topics.remove(ORDERS);
        holdings.aim(of(ORDERS, 0));
        assertThat(told).isEmpty();

        topics.put(ORDERS, "orders");
        holdings.followTarget();

        assertThat(told).containsExactly("+0", "holds [[0]]");
    }

    @Test
    void aTopicOfTheSameNameIsTakenOnceTheOldOneIsGivenUp() {
        holdings.aim(of(ORDERS, 0));
        told.clear();

        holdings.aim(of(ORDERS_AGAIN, 0));
        assertThat(told).containsExactly("-0");
        holdings.released(partition(0));

        assertThat(told).containsExactly("-0", "holds []", "+0", "holds [[0]]");
    }
}
