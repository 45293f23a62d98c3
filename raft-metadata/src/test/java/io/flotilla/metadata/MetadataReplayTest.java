package io.flotilla.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.metadata.MetadataResult.Applied;
import io.flotilla.metadata.MetadataResult.Refused;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random stories, told to several nodes in different ways, end the same. */
class MetadataReplayTest {
    private static final int COMMANDS = 500;

    @ParameterizedTest
    @MethodSource(Seeds.ALL)
    void leadsToTheSameImageOnEveryNodeWhetherReplayedOrRestored(long seed) {
        RandomCommands commands = new RandomCommands(seed);
        SplittableRandom random = new SplittableRandom(seed);
        MetadataImage leader = MetadataImage.EMPTY;
        MetadataImage follower = MetadataImage.EMPTY;

        for (int index = 0; index < COMMANDS; index++) {
            MetadataCommand command = commands.next();
            MetadataCommand copy = MetadataCodec.decodeCommand(MetadataCodec.encode(command));
            if (random.nextInt(10) == 0) {
                follower = MetadataCodec.decodeImage(MetadataCodec.encode(follower));
            }
            MetadataResult there = command.applyTo(leader.at(index));
            MetadataResult here = copy.applyTo(follower.at(index));

            assertThat(copy).isEqualTo(command);
            assertThat(here).isEqualTo(there);
            leader = after(leader, there);
            follower = after(follower, here);
            assertThat(follower).isEqualTo(leader).hasSameHashCodeAs(leader);
            assertThat(MetadataCodec.encode(follower)).isEqualTo(MetadataCodec.encode(leader));
        }
    }

    @ParameterizedTest
    @MethodSource(Seeds.ALL)
    void keepsItsPromisesAfterEveryCommand(long seed) {
        RandomCommands commands = new RandomCommands(seed);
        MetadataImage image = MetadataImage.EMPTY;

        for (int index = 0; index < COMMANDS; index++) {
            image = after(image, commands.next().applyTo(image.at(index)));

            for (Topic topic : image.topics().all()) {
                assertThat(image.topics().find(topic.name())).containsSame(topic);
                assertThat(image.topics().find(topic.id())).containsSame(topic);
                assertThat(TopicName.problem(topic.name())).isEmpty();
                assertThat(AssignmentRules.problem(topic.partitions(), image.brokers()))
                        .isEmpty();
                assertThat(topic.configs().problem(image.featureLevel())).isEmpty();
            }
            List<RegisteredBroker> live = image.brokers().all().stream()
                    .filter(RegisteredBroker::live)
                    .toList();
            assertThat(live).extracting(RegisteredBroker::raft).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @MethodSource(Seeds.ALL)
    void isToldCompletelyByTheDeltaBetweenAnyTwoImages(long seed) {
        RandomCommands commands = new RandomCommands(seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<MetadataImage> images = new ArrayList<>(List.of(MetadataImage.EMPTY));
        for (int index = 0; index < COMMANDS; index++) {
            MetadataImage last = images.get(index);
            images.add(after(last, commands.next().applyTo(last.at(index))));
        }

        for (int round = 0; round < 200; round++) {
            MetadataImage before = images.get(random.nextInt(images.size()));
            MetadataImage after = images.get(random.nextInt(images.size()));
            MetadataDelta delta = MetadataDelta.between(before, after);

            assertThat(brokersAfter(delta)).isEqualTo(after.brokers());
            assertThat(topicsAfter(delta)).isEqualTo(after.topics());
            assertThat(delta.brokers().isEmpty()).isEqualTo(before.brokers().equals(after.brokers()));
            assertThat(delta.topics().isEmpty()).isEqualTo(before.topics().equals(after.topics()));
        }
    }

    @Test
    void isARichEnoughStory() {
        Set<Class<?>> applied = new HashSet<>();
        Set<MetadataResult.Code> refused = EnumSet.noneOf(MetadataResult.Code.class);
        RandomCommands commands = new RandomCommands(0);
        MetadataImage image = MetadataImage.EMPTY;

        for (int index = 0; index < 20 * COMMANDS; index++) {
            MetadataCommand command = commands.next();
            MetadataResult result = command.applyTo(image.at(index));
            if (result instanceof Refused refusal) {
                refused.add(refusal.code());
            } else {
                applied.add(command.getClass());
            }
            image = after(image, result);
        }

        assertThat(applied).containsExactlyInAnyOrderElementsOf(allKinds());
        assertThat(refused).containsExactly(MetadataResult.Code.values());
    }

    private static List<Class<?>> allKinds() {
        return Stream.of(MetadataCommand.class.getPermittedSubclasses())
                .<Class<?>>flatMap(family -> Arrays.stream(family.getPermittedSubclasses()))
                .toList();
    }

    private static MetadataImage after(MetadataImage image, MetadataResult result) {
        return result instanceof Applied applied ? applied.image() : image;
    }

    private static Brokers brokersAfter(MetadataDelta delta) {
        Brokers brokers = delta.before().brokers();
        for (RegisteredBroker broker : delta.brokers().removed()) {
            brokers = brokers.without(broker.id());
        }
        for (RegisteredBroker broker : delta.brokers().added()) {
            brokers = brokers.with(broker);
        }
        for (Differences.Change<RegisteredBroker> change : delta.brokers().changed()) {
            brokers = brokers.with(change.after());
        }
        return brokers;
    }

    private static Topics topicsAfter(MetadataDelta delta) {
        Topics topics = delta.before().topics();
        for (Topic topic : delta.topics().removed()) {
            topics = topics.without(topic);
        }
        // all names are free before any is taken again
        for (Differences.Change<Topic> change : delta.topics().changed()) {
            topics = topics.without(change.before());
        }
        for (Differences.Change<Topic> change : delta.topics().changed()) {
            topics = topics.with(change.after());
        }
        for (Topic topic : delta.topics().added()) {
            topics = topics.with(topic);
        }
        return topics;
    }
}
