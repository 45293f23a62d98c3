package io.flotilla.metadata;

import static java.util.stream.Collectors.joining;

import io.flotilla.metadata.BrokerCommand.DrainBroker;
import io.flotilla.metadata.BrokerCommand.FenceBroker;
import io.flotilla.metadata.BrokerCommand.RegisterBroker;
import io.flotilla.metadata.BrokerCommand.RemoveBroker;
import io.flotilla.metadata.BrokerCommand.UndrainBroker;
import io.flotilla.metadata.ClusterCommand.CreateCluster;
import io.flotilla.metadata.ClusterCommand.UpdateTopicDefaults;
import io.flotilla.metadata.MetadataResult.Applied;
import io.flotilla.metadata.MetadataResult.Refused;
import io.flotilla.metadata.TopicCommand.AddPartitions;
import io.flotilla.metadata.TopicCommand.CreateTopic;
import io.flotilla.metadata.TopicCommand.DeleteTopic;
import io.flotilla.metadata.TopicCommand.UpdateTopicConfigs;
import io.flotilla.metadata.config.ConfigChange;
import io.flotilla.metadata.config.Configs;
import io.flotilla.metadata.placement.Placement;
import io.flotilla.metadata.placement.ReplicaPlacer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Plays a story about one cluster, line by line, and says what each line led to. A line is a verb, a name, and words
 * or {@code key=value} pairs:
 *
 * <pre>
 *   cluster NAME
 *   broker ID [rack=R] [run=N] [directory=N] [host=H] [level=N]
 *   fence ID [run=N] | drain ID | undrain ID | remove ID
 *   topic NAME id=N on=1,2,3;2,3,1 [setting=value ...]
 *   place NAME id=N partitions=N replicas=N [seed=N]       chooses brokers and creates the topic
 *   grow N from=N on=1,2,3;2,3,1                           adds partitions
 *   delete N | set N setting=value ... | unset N setting ... | defaults set|unset ...
 *   show | load                                            the image; replicas and preferred leads of each broker
 * </pre>
 */
final class MetadataScript {
    private MetadataImage image = MetadataImage.EMPTY;
    private long index;

    String play(String line) {
        List<String> words = List.of(line.trim().split(" +"));
        String verb = words.get(0);
        String name = words.size() > 1 ? words.get(1) : "";
        List<String> rest = words.subList(Math.min(2, words.size()), words.size());
        Map<String, String> pairs = pairs(rest);
        return switch (verb) {
            case "cluster" -> apply(new CreateCluster(name, 1));
            case "broker" -> apply(new RegisterBroker(registration(Integer.parseInt(name), pairs)));
            case "fence" -> apply(new FenceBroker(Integer.parseInt(name), run(pairs)));
            case "drain" -> apply(new DrainBroker(Integer.parseInt(name)));
            case "undrain" -> apply(new UndrainBroker(Integer.parseInt(name)));
            case "remove" -> apply(new RemoveBroker(Integer.parseInt(name)));
            case "topic" -> apply(createTopic(name, assignments(take(pairs, "on", "")), pairs));
            case "place" -> place(name, pairs);
            case "delete" -> apply(new DeleteTopic(TestImages.topicId(Integer.parseInt(name))));
            case "grow" -> grow(TestImages.topicId(Integer.parseInt(name)), pairs);
            case "set" ->
                apply(new UpdateTopicConfigs(TestImages.topicId(Integer.parseInt(name)), ConfigChange.set(pairs)));
            case "unset" ->
                apply(new UpdateTopicConfigs(
                        TestImages.topicId(Integer.parseInt(name)),
                        new ConfigChange(Configs.NONE, new TreeSet<>(rest))));
            case "defaults" ->
                apply(new UpdateTopicDefaults(
                        name.equals("set")
                                ? ConfigChange.set(pairs)
                                : new ConfigChange(Configs.NONE, new TreeSet<>(rest))));
            case "show" -> show();
            case "load" -> load();
            default -> throw new IllegalArgumentException("no verb in: " + line);
        };
    }

    private String apply(MetadataCommand command) {
        MetadataResult result = command.applyTo(image.at(index));
        if (result instanceof Refused refused) {
            return "%s: %s".formatted(refused.code(), refused.message());
        }
        image = ((Applied) result).image();
        index++;
        return "ok";
    }

    private String place(String name, Map<String, String> pairs) {
        Placement placement = ReplicaPlacer.place(
                image,
                Integer.parseInt(take(pairs, "partitions", "1")),
                Integer.parseInt(take(pairs, "replicas", "1")),
                Long.parseLong(take(pairs, "seed", "1")));
        if (placement instanceof Placement.Refused refused) {
            return "not placed: " + refused.message();
        }
        List<PartitionAssignment> assignments = ((Placement.Placed) placement).assignments();
        String applied = apply(createTopic(name, assignments, pairs));
        return applied.equals("ok") ? assignments.stream().map(Object::toString).collect(joining("\n")) : applied;
    }

    private String grow(TopicId id, Map<String, String> pairs) {
        int from = Integer.parseInt(take(pairs, "from", "1"));
        return apply(new AddPartitions(id, from, assignments(take(pairs, "on", ""))));
    }

    private static CreateTopic createTopic(
            String name, List<PartitionAssignment> assignments, Map<String, String> pairs) {
        TopicId id = TestImages.topicId(Integer.parseInt(take(pairs, "id", "0")));
        return new CreateTopic(id, name, assignments, new Configs(pairs), 0);
    }

    private static List<PartitionAssignment> assignments(String text) {
        return Stream.of(text.split(";"))
                .map(replicas -> new PartitionAssignment(
                        Arrays.stream(replicas.split(",")).map(Integer::valueOf).toList()))
                .toList();
    }

    private static BrokerRegistration registration(int id, Map<String, String> pairs) {
        String host = take(pairs, "host", "host-" + id);
        return new BrokerRegistration(
                id,
                run(pairs),
                TestImages.directory(Integer.parseInt(take(pairs, "directory", String.valueOf(id)))),
                new BrokerEndpoints(new Endpoint(host, 7400), new Endpoint(host, 7401), 7402),
                take(pairs, "rack", ""),
                "0.1.0",
                Integer.parseInt(take(pairs, "level", "1")),
                0);
    }

    private static UUID run(Map<String, String> pairs) {
        return TestImages.run(Integer.parseInt(take(pairs, "run", "1")));
    }

    private String show() {
        List<String> lines = new ArrayList<>();
        lines.add("cluster '%s' version %d level %d defaults %s"
                .formatted(
                        image.clusterId(),
                        image.version(),
                        image.featureLevel(),
                        image.topicDefaults().entries()));
        for (RegisteredBroker broker : image.brokers().all()) {
            lines.add("broker %d %s%s at %s rack '%s' run %d"
                    .formatted(
                            broker.id(),
                            broker.state(),
                            broker.fenced() && broker.draining() ? " and draining" : "",
                            broker.raft(),
                            broker.rack(),
                            broker.registration().incarnation().getLeastSignificantBits()));
        }
        for (Topic topic : image.topics().all()) {
            lines.add("topic %s id %d on %s with %s"
                    .formatted(
                            topic.name(),
                            topic.id().uuid().getLeastSignificantBits() << 1 >>> 17,
                            topic.partitions(),
                            topic.configs().entries()));
        }
        return String.join("\n", lines);
    }

    private String load() {
        Map<Integer, int[]> counts = new TreeMap<>();
        image.brokers().all().forEach(broker -> counts.put(broker.id(), new int[2]));
        for (Topic topic : image.topics().all()) {
            for (PartitionAssignment assignment : topic.partitions()) {
                assignment.replicas().forEach(id -> counts.computeIfAbsent(id, x -> new int[2])[0]++);
                counts.computeIfAbsent(assignment.preferredLeader(), x -> new int[2])[1]++;
            }
        }
        return counts.entrySet().stream()
                .map(e -> "broker %d replicas %d leads %d".formatted(e.getKey(), e.getValue()[0], e.getValue()[1]))
                .collect(joining("\n"));
    }

    private static Map<String, String> pairs(List<String> words) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                pairs.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return pairs;
    }

    private static String take(Map<String, String> pairs, String key, String otherwise) {
        String value = pairs.remove(key);
        return value == null ? otherwise : value;
    }
}
