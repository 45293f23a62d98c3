package io.flotilla.cli.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands of the operating system. */
final class Shell {
    private static final long PATIENCE_S = 60;

    private Shell() {}

    /** What the command printed; throws if it fails or does not end. */
    static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError("%s failed: %s".formatted(List.of(command), output));
            }
            return output;
        } catch (IOException e) {
            throw new AssertionError("%s cannot be run: %s".formatted(List.of(command), e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
