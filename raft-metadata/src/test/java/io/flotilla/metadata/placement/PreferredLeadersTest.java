package io.flotilla.metadata.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.metadata.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PreferredLeadersTest {
    @Test
    void handsLeadsAlongSeveralBrokersUntilEachHasOne() {
        Candidate a = new Candidate(1, 0, 0);
        Candidate b = new Candidate(2, 0, 0);
        Candidate c = new Candidate(3, 0, 0);

        // the first two go to a and b; then only a can lead the third, and only by way of b does c get one
        List<List<Candidate>> chosen = PreferredLeaders.choose(List.of(List.of(a, b), List.of(b, c), List.of(a)));

        assertThat(chosen).containsExactly(List.of(b, a), List.of(c, b), List.of(a));
    }

    @Test
    void letsThoseLeadThatLeadLittleAtPresent() {
        Candidate busy = new Candidate(1, 9, 9);
        Candidate idle = new Candidate(2, 9, 0);
        List<Candidate> both = List.of(busy, idle);

        List<List<Candidate>> chosen = PreferredLeaders.choose(List.of(both, both, both));

        assertThat(chosen.stream().filter(order -> order.get(0) == idle)).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource(Seeds.ALL)
    void keepsReplicasAndIsAsGoodAsTheBestOfAllChoices(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] present = random.ints(5, 0, 4).toArray();
        List<List<Integer>> replicas = new ArrayList<>();
        for (int partition = 1 + random.nextInt(6); partition > 0; partition--) {
            TreeSet<Integer> brokers = new TreeSet<>();
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                brokers.add(random.nextInt(present.length));
            }
            replicas.add(List.copyOf(brokers));
        }
        List<Candidate> candidates = new ArrayList<>();
        for (int id = 0; id < present.length; id++) {
            candidates.add(new Candidate(id, 0, present[id]));
        }

        List<List<Integer>> chosen =
                PreferredLeaders.choose(replicas.stream()
                                .map(ids -> ids.stream().map(candidates::get).toList())
                                .toList())
                        .stream()
                        .map(order -> order.stream().map(Candidate::brokerId).toList())
                        .toList();

        for (int partition = 0; partition < replicas.size(); partition++) {
            assertThat(chosen.get(partition)).containsExactlyInAnyOrderElementsOf(replicas.get(partition));
        }
        int[] leads = new int[present.length];
        chosen.forEach(order -> leads[order.get(0)]++);
        assertThat(cost(leads, present)).isEqualTo(best(replicas, 0, new int[present.length], present));
    }

    /** By trying all. */
    private static int best(List<List<Integer>> replicas, int partition, int[] leads, int[] present) {
        if (partition == replicas.size()) {
            return cost(leads, present);
        }
        int best = Integer.MAX_VALUE;
        for (int leader : replicas.get(partition)) {
            leads[leader]++;
            best = Math.min(best, best(replicas, partition + 1, leads, present));
            leads[leader]--;
        }
        return best;
    }

    /** Unevenness first; of equally even choices, the one that adds least to those that lead much at present. */
    private static int cost(int[] leads, int[] present) {
        return IntStream.range(0, leads.length)
                .map(broker -> 1_000 * leads[broker] * leads[broker] + leads[broker] * present[broker])
                .sum();
    }
}
