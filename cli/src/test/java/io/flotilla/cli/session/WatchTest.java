package io.flotilla.cli.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.Table;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.text.Durations;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

class WatchTest {
    private static final int ROUNDS = 3;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<Long> pauses = new ArrayList<>();
    private int asked;

    @AfterEach
    void forgetTheInterrupt() {
        assertThat(Thread.interrupted() || pauses.size() < ROUNDS).isTrue();
    }

    private void watch(boolean isTerminal, Supplier<Answer> question) {
        Session session = new Session(
                new ByteArrayInputStream(new byte[0]),
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                InstantSource.system(),
                new Surroundings(isTerminal, Map.of()));
        new Watch(session, Duration.ofSeconds(5), millis -> {
                    pauses.add(millis);
                    if (pauses.size() == ROUNDS) {
                        throw new InterruptedException();
                    }
                })
                .run(question);
    }

    private Answer answer() {
        asked++;
        return Answer.of(
                "Count", List.of(Value.Fields.with("count", asked).build()), new Table(Column.of("COUNT", "count")));
    }

    @Test
    void writesALinePerItemAndRoundWhereThereIsNoTerminal() {
        watch(false, this::answer);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("{\"count\":1}\n{\"count\":2}\n{\"count\":3}\n");
        assertThat(pauses).containsExactly(5000L, 5000L, 5000L);
    }

    @Test
    void drawsAnewOnATerminal() {
        watch(true, this::answer);

        String clear = "\u001b[H\u001b[2J";
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(clear + "COUNT\n1\n" + clear + "COUNT\n2\n" + clear + "COUNT\n3\n");
    }

    @Test
    void asksOnWhileNobodyAnswers() {
        watch(false, () -> {
            if (pauses.size() == 1) {
                throw new CommandFailure(new Problem(ExitCode.UNAVAILABLE, "cannot ask", "down", "wait", "DOWN"));
            }
            return answer();
        });

        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .satisfiesExactly(
                        first -> assertThat(first).contains("count"),
                        second -> assertThat(second).startsWith("{\"error\":{\"code\":\"DOWN\""),
                        third -> assertThat(third).contains("count"));
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("cannot ask");
    }

    @Test
    void endsWhenAskingAgainWouldNotHelp() {
        CommandFailure gone = new CommandFailure(new Problem(ExitCode.NOT_FOUND, "no", "gone", "look", "GONE"));

        assertThatThrownBy(() -> watch(false, () -> {
                    throw gone;
                }))
                .isSameAs(gone);
    }

    /** A command that can watch something. */
    @Command
    static final class Watching {
        @Mixin
        private final WatchOptions watch = new WatchOptions();

        @Parameters(arity = "0..1")
        private String name = "";
    }

    @ParameterizedTest
    @CsvSource({"--watch web, web", "web --watch, web", "--watch=5s web, web", "--watch, ''"})
    void takesAnIntervalOnlyWithAnEqualsSign(String line, String name) {
        Watching command = new Watching();

        new CommandLine(command)
                .registerConverter(Duration.class, Durations::parse)
                .parseArgs(line.split(" "));

        assertThat(command.name).isEqualTo(name);
        assertThat(command.watch.isWanted()).isTrue();
    }
}
