package io.flotilla.broker.version;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The semantic version of this build. */
public final class BrokerVersion {
    public static final String VERSION = read();

    private BrokerVersion() {}

    private static String read() {
        try (InputStream in = BrokerVersion.class.getResourceAsStream("/io/flotilla/broker/version.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException("version.properties cannot be read", e);
        }
    }
}
