package io.flotilla.cli.offline;

import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.broker.storage.ReplicaDescription;
import io.flotilla.broker.storage.ReplicaDirectory;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.text.Words;
import io.flotilla.log.LogMetrics;
import io.flotilla.log.LogStore;
import io.flotilla.log.OfflineLog;
import io.flotilla.log.TailCache;
import io.flotilla.log.io.NioDisk;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The log of one replica on disk.
 *
 * @param place the directory the user named
 * @param id of the partition, the same on all brokers
 * @param name of the partition, for people: {@code orders/3}
 */
record ReplicaLog(Path place, String id, String name, Path directory) {
    /**
     * The logs in a directory: all of a data directory, or the one whose directory it is.
     *
     * @throws CommandFailure if it is neither
     */
    static List<ReplicaLog> in(Path place) {
        try {
            if (Files.isDirectory(place.resolve("partitions"))) {
                List<ReplicaLog> logs = new ArrayList<>();
                for (ReplicaDirectory replica : DataDirectory.replicasBelow(place)) {
                    ReplicaDescription description = replica.describe();
                    if (replica.hasLog()) {
                        logs.add(new ReplicaLog(place, description.id().toString(), description.name(), replica.log()));
                    }
                }
                return logs;
            }
            if (Files.isDirectory(place)) {
                return List.of(new ReplicaLog(place, place.toString(), place.toString(), place));
            }
            throw new CommandFailure(new Problem(
                    ExitCode.NOT_FOUND,
                    "cannot read " + place,
                    "it is no directory",
                    "name the --data of a broker, or the log directory of one partition in it",
                    "NO_DIRECTORY"));
        } catch (IOException e) {
            throw unreadable(place, e);
        }
    }

    OfflineLog open() {
        TailCache none = new TailCache(0);
        return new LogStore(new NioDisk(), none, new LogMetrics(new SimpleMeterRegistry(), none), System::nanoTime)
                .inspect(directory);
    }

    static CommandFailure unreadable(Path place, IOException cause) {
        return new CommandFailure(
                new Problem(
                        ExitCode.FAILED,
                        "cannot read " + place,
                        Words.reason(cause),
                        "check the directory and who may read it",
                        "UNREADABLE"),
                cause);
    }
}
