package io.flotilla.cli.server;

import com.google.protobuf.ByteString;
import io.flotilla.cli.logging.LogLevel;
import io.flotilla.cli.logging.Logging;
import io.flotilla.client.ClientConfig;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.PartitionReader;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.client.ReadRange;
import io.flotilla.client.ReaderConfig;
import io.flotilla.client.TopicPartition;
import io.flotilla.record.NewRecord;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code flotilla rehearse}: does once, on a broker of its own that nobody sees, what brokers and commands do, and ends.
 * The launcher runs it to find out which classes to put into the archive that makes later starts faster.
 */
@Command(
        name = "rehearse",
        hidden = true,
        description = "Run a broker and a client for a moment, then end",
        footer = {"", "Example:", "  flotilla rehearse"})
public final class RehearseCommand implements Runnable {
    private static final String TOPIC = "rehearsal";
    private static final List<List<String>> COMMANDS = List.of(
            List.of("topic", "list"),
            List.of("topic", "describe", TOPIC),
            List.of("consume", TOPIC, "--exit-at-end"),
            List.of("group", "list"),
            List.of("cluster", "health"));
    private static final int RECORDS = 1000;
    private static final Duration POLL = Duration.ofMillis(100);

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Override
    public void run() {
        Logging.server(LogLevel.WARN);
        ThrowawayDirectory directory = ThrowawayDirectory.create("flotilla-rehearsal-");
        DevCluster cluster = new DevCluster(directory.path(), 1, freePort(), Map.of("listener.http-port", "0"));
        try {
            cluster.start(new Service().onFatal());
            String address = cluster.addresses().get(0);
            play(address);
            CommandLine all = command.root().commandLine();
            COMMANDS.forEach(args -> all.execute(
                    Stream.concat(args.stream(), Stream.of("-b", address)).toArray(String[]::new)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            cluster.shutDown();
            directory.delete();
        }
    }

    private static void play(String address) throws InterruptedException {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        try (FlotillaClient client = FlotillaClient.connect(ClientConfig.of(address))) {
            FlotillaClient.join(client.admin()
                    .createTopic(CreateTopicRequest.newBuilder()
                            .setTopic(Topic.newBuilder().setName(TOPIC).setPartitionCount(1))
                            .build()));
            try (Producer producer = FlotillaClient.join(client.producer(TOPIC, ProducerConfig.DEFAULT))) {
                for (int i = 0; i < RECORDS; i++) {
                    var unused = producer.send(NewRecord.of(ByteString.copyFromUtf8("record " + i)));
                }
                FlotillaClient.join(producer.flush());
            }
            try (PartitionReader reader =
                    client.reader(List.of(ReadRange.fromStart(partition).untilEnd()), ReaderConfig.DEFAULT)) {
                while (!reader.isFinished()) {
                    var unused = reader.poll(POLL);
                }
            }
        }
    }

    /** Whether the next one is free as well shows at the start. */
    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
