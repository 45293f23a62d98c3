package io.flotilla.cli.server;

import io.flotilla.broker.Broker;
import io.flotilla.broker.config.BrokerConfig;
import io.flotilla.broker.config.ListenerConfig;
import io.flotilla.broker.storage.UnusableDirectoryException;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.text.Words;
import java.io.IOException;

/** Starts brokers, and says what to do where that is refused. */
final class BrokerStart {
    private BrokerStart() {}

    static Broker start(BrokerConfig config, Broker.Fatal fatal) {
        String what = "cannot start broker " + config.node().id();
        try {
            return Broker.start(config, fatal);
        } catch (UnusableDirectoryException e) {
            throw refused(
                    what,
                    e,
                    "choose another --data, or the --id and the cluster the directory belongs to",
                    "DATA_DIRECTORY");
        } catch (IOException e) {
            ListenerConfig listener = config.listener();
            throw refused(
                    what,
                    e,
                    "stop what holds the port, or choose others with --port, --raft-port, --http-port (now %d, %d, %d); check the disk of %s"
                            .formatted(
                                    listener.port(),
                                    listener.raftPort(),
                                    listener.httpPort(),
                                    config.node().dataDir()),
                    "START");
        }
    }

    private static CommandFailure refused(String what, Exception cause, String todo, String code) {
        return new CommandFailure(new Problem(ExitCode.FAILED, what, Words.reason(cause), todo, code), cause);
    }
}
