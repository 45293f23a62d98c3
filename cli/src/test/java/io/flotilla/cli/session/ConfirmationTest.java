package io.flotilla.cli.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfirmationTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private void confirm(boolean isInteractive, String typed) {
        Session session = new Session(
                new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                new ByteArrayOutputStream(),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                isInteractive,
                InstantSource.system());
        Confirmation.require(session, "trim topic web", "topic", "web");
    }

    @Test
    void aPersonTypesTheName() {
        assertThatNoException().isThrownBy(() -> confirm(true, "web\n"));
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("type the name of the topic");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes\n", "Web\n", "webb\n"})
    void anythingElseIsNo(String typed) {
        assertThatThrownBy(() -> confirm(true, typed))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.problem().exit()).isEqualTo(ExitCode.USAGE));
    }

    @Test
    void withoutATerminalNobodyIsAsked() {
        assertThatThrownBy(() -> confirm(false, "web\n")).isInstanceOf(CommandFailure.class);
        assertThat(err.size()).isZero();
    }
}
