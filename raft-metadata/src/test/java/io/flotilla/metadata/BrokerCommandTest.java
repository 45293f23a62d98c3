package io.flotilla.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.metadata.BrokerCommand.DrainBroker;
import io.flotilla.metadata.BrokerCommand.FenceBroker;
import io.flotilla.metadata.BrokerCommand.RegisterBroker;
import io.flotilla.metadata.BrokerCommand.RemoveBroker;
import io.flotilla.metadata.BrokerCommand.UndrainBroker;
import io.flotilla.metadata.MetadataResult.Code;
import io.flotilla.metadata.MetadataResult.Refused;
import io.flotilla.metadata.RegisteredBroker.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BrokerCommandTest {
    private static final BrokerRegistration FIRST_RUN = TestImages.broker(1, "a", TestImages.run(1), "host-1");
    private static final MetadataImage ONE_BROKER =
            TestImages.applied(TestImages.NEW_CLUSTER, new RegisterBroker(FIRST_RUN));
    private static final FenceBroker FENCE = new FenceBroker(1, TestImages.run(1));

    private static State stateOf(MetadataImage image) {
        return image.brokers().find(1).orElseThrow().state();
    }

    @Test
    void takesABrokerInAsActive() {
        assertThat(ONE_BROKER.brokers().all()).containsExactly(new RegisteredBroker(FIRST_RUN, -1, false, false));
        assertThat(stateOf(ONE_BROKER)).isEqualTo(State.ACTIVE);
    }

    @Test
    void takesNobodyInBeforeThereIsACluster() {
        Refused refused = TestImages.refused(MetadataImage.EMPTY, new RegisterBroker(FIRST_RUN));

        assertThat(refused)
                .isEqualTo(new Refused(Code.CONFLICT, "no cluster was created yet; create it before broker 1 joins"));
    }

    @Test
    void replacesTheRunBeforeWhenABrokerRestartsAtTheSameAddress() {
        BrokerRegistration secondRun = TestImages.broker(1, "b", TestImages.run(2), "host-1");

        MetadataImage image = TestImages.applied(ONE_BROKER, new RegisterBroker(secondRun));

        assertThat(image.brokers().all()).containsExactly(new RegisteredBroker(secondRun, -1, false, false));
    }

    @Test
    void remembersSinceWhenABrokerHasItsDataDirectory() {
        MetadataImage image = TestImages.applied(TestImages.NEW_CLUSTER.at(5), new RegisterBroker(FIRST_RUN));

        MetadataImage restarted = TestImages.applied(
                image.at(9), new RegisterBroker(TestImages.broker(1, "a", TestImages.run(2), "host-1")));
        MetadataImage marked = TestImages.applied(
                restarted.at(10), new DrainBroker(1), new UndrainBroker(1), new FenceBroker(1, TestImages.run(2)));

        assertThat(marked.brokers().find(1).orElseThrow().since()).isEqualTo(5);
    }

    @Test
    void countsAnewWhenABrokerComesBackWithAnotherDataDirectory() {
        MetadataImage image = TestImages.applied(TestImages.NEW_CLUSTER.at(5), new RegisterBroker(FIRST_RUN));
        BrokerRegistration onNewDisk = new BrokerRegistration(
                1, TestImages.run(2), TestImages.directory(7), FIRST_RUN.endpoints(), "a", "0.1.0", 1, 0);

        MetadataImage replaced = TestImages.applied(image.at(9), new RegisterBroker(onNewDisk));
        MetadataImage oldDiskAgain = TestImages.applied(replaced.at(12), new RegisterBroker(FIRST_RUN));

        assertThat(replaced.brokers().find(1).orElseThrow().since()).isEqualTo(9);
        assertThat(oldDiskAgain.brokers().find(1).orElseThrow().since()).isEqualTo(12);
    }

    @Test
    void tellsAReplicaThatIsNewFromOneWhoseFilesWentWithTheirDisk() {
        MetadataImage image = TestImages.applied(TestImages.NEW_CLUSTER.at(5), new RegisterBroker(FIRST_RUN));
        image = TestImages.applied(image.at(6), TestImages.topic(1, "old", PartitionAssignment.on(1)));
        BrokerRegistration onNewDisk = new BrokerRegistration(
                1, TestImages.run(2), TestImages.directory(7), FIRST_RUN.endpoints(), "a", "0.1.0", 1, 0);
        RegisteredBroker before = image.brokers().find(1).orElseThrow();

        image = TestImages.applied(image.at(9), new RegisterBroker(onNewDisk));
        image = TestImages.applied(image.at(10), TestImages.topic(2, "new", PartitionAssignment.on(1)));

        Topic old = image.topics().find("old").orElseThrow();
        RegisteredBroker after = image.brokers().find(1).orElseThrow();
        assertThat(before.mayStartEmpty(old, 0)).isTrue();
        assertThat(after.mayStartEmpty(old, 0)).isFalse();
        assertThat(after.mayStartEmpty(image.topics().find("new").orElseThrow(), 0))
                .isTrue();
    }

    @Test
    void refusesAnotherLiveProcessUnderTheSameId() {
        BrokerRegistration impostor = TestImages.broker(1, "a", TestImages.run(2), "host-9");

        Refused refused = TestImages.refused(ONE_BROKER, new RegisterBroker(impostor));

        assertThat(refused)
                .isEqualTo(
                        new Refused(
                                Code.CONFLICT,
                                "broker id 1 is in use at host-1:7401; stop that broker or give the one at host-9:7401 another id"));
    }

    @Test
    void letsABrokerMoveToAnotherAddressOnceItsOldRunIsFenced() {
        BrokerRegistration moved = TestImages.broker(1, "a", TestImages.run(2), "host-9");

        MetadataImage image = TestImages.applied(ONE_BROKER, FENCE, new RegisterBroker(moved));

        assertThat(image.brokers().all()).containsExactly(new RegisteredBroker(moved, -1, false, false));
    }

    @Test
    void letsOneRunChangeItsAddress() {
        BrokerRegistration moved = TestImages.broker(1, "a", TestImages.run(1), "host-9");

        MetadataImage image = TestImages.applied(ONE_BROKER, new RegisterBroker(moved));

        assertThat(image.brokers().find(1).orElseThrow().raft()).hasToString("host-9:7401");
    }

    @Test
    void refusesTheAddressOfAnotherLiveBroker() {
        BrokerRegistration neighbour = TestImages.broker(2, "a", TestImages.run(2), "host-1");

        Refused refused = TestImages.refused(ONE_BROKER, new RegisterBroker(neighbour));

        assertThat(refused)
                .isEqualTo(
                        new Refused(
                                Code.CONFLICT,
                                "broker 2 says others reach it at host-1:7401, which is broker 1; correct its advertised address"));
    }

    @Test
    void givesTheAddressOfAFencedBrokerToAnother() {
        BrokerRegistration successor = TestImages.broker(2, "a", TestImages.run(2), "host-1");

        MetadataImage image = TestImages.applied(ONE_BROKER, FENCE, new RegisterBroker(successor));

        assertThat(image.brokers().find(2)).isPresent();
    }

    @Test
    void refusesABrokerThatDoesNotUnderstandTheCluster() {
        MetadataImage newer = TestImages.NEW_CLUSTER.withCluster("test-cluster", 2);

        Refused refused = TestImages.refused(newer, new RegisterBroker(FIRST_RUN));

        assertThat(refused)
                .isEqualTo(new Refused(
                        Code.CONFLICT,
                        "broker 1 runs 0.1.0 and knows feature level 1; the cluster is at 2, upgrade the broker"));
    }

    @Test
    void fencesARunAndLiftsTheFenceWhenItRegistersAgain() {
        MetadataImage fenced = TestImages.applied(ONE_BROKER, FENCE);

        MetadataImage back = TestImages.applied(fenced, new RegisterBroker(FIRST_RUN));

        assertThat(stateOf(fenced)).isEqualTo(State.FENCED);
        assertThat(stateOf(back)).isEqualTo(State.ACTIVE);
    }

    @Test
    void doesNotFenceALaterRunForTheSilenceOfAnEarlierOne() {
        MetadataImage image = TestImages.applied(
                ONE_BROKER, new RegisterBroker(TestImages.broker(1, "a", TestImages.run(2), "host-1")));

        Refused refused = TestImages.refused(image, FENCE);

        assertThat(refused.code()).isEqualTo(Code.CONFLICT);
        assertThat(refused.message())
                .isEqualTo("broker 1 is now run %s, not %s; it has registered again"
                        .formatted(TestImages.run(2), TestImages.run(1)));
    }

    @Test
    void goesOnDrainingOverAFenceAndARestart() {
        MetadataImage image = TestImages.applied(
                ONE_BROKER,
                new DrainBroker(1),
                FENCE,
                new RegisterBroker(TestImages.broker(1, "a", TestImages.run(2), "host-1")));

        assertThat(stateOf(image)).isEqualTo(State.DRAINING);
        assertThat(stateOf(TestImages.applied(image, new UndrainBroker(1)))).isEqualTo(State.ACTIVE);
    }

    @ParameterizedTest
    @MethodSource
    void refusesToChangeABrokerThatNobodyKnows(BrokerCommand command) {
        Refused refused = TestImages.refused(ONE_BROKER, command);

        assertThat(refused).isEqualTo(new Refused(Code.NOT_FOUND, "broker 9 is not registered; list the brokers"));
    }

    static BrokerCommand[] refusesToChangeABrokerThatNobodyKnows() {
        return new BrokerCommand[] {
            new FenceBroker(9, TestImages.run(1)), new DrainBroker(9), new UndrainBroker(9), new RemoveBroker(9)
        };
    }

    @Test
    void removesABrokerThatIsDrainingOrFencedAndEmpty() {
        assertThat(TestImages.applied(ONE_BROKER, new DrainBroker(1), new RemoveBroker(1)))
                .isEqualTo(TestImages.NEW_CLUSTER);
        assertThat(TestImages.applied(ONE_BROKER, FENCE, new RemoveBroker(1))).isEqualTo(TestImages.NEW_CLUSTER);
    }

    @Test
    void keepsAnActiveBroker() {
        Refused refused = TestImages.refused(ONE_BROKER, new RemoveBroker(1));

        assertThat(refused)
                .isEqualTo(new Refused(Code.CONFLICT, "broker 1 is active; drain it, or stop it, before removing it"));
    }

    @Test
    void keepsABrokerThatHoldsReplicas() {
        MetadataImage image = TestImages.applied(
                ONE_BROKER,
                TestImages.topic(1, "orders", PartitionAssignment.on(1), PartitionAssignment.on(1)),
                new DrainBroker(1));

        Refused refused = TestImages.refused(image, new RemoveBroker(1));

        assertThat(refused)
                .isEqualTo(new Refused(
                        Code.CONFLICT,
                        "broker 1 holds replicas: 2, the first of orders/0; move them to other brokers first"));
    }
}
