package io.flotilla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HelpTest {
    static List<String> commands() {
        return CommandTree.visible().stream().map(CommandTree.Node::name).toList();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void showsAnExampleOfEveryCommand(String command) {
        List<String> args = new ArrayList<>(List.of(command.split(" ")));
        args.remove(0);
        args.add("--help");

        Run help = Run.of(args.toArray(String[]::new));

        assertThat(help.exit()).isZero();
        assertThat(help.out()).contains("Example:\n  ");
        assertThat(help.out().substring(help.out().indexOf("Example:"))).contains(command);
        assertThat(help.err()).isEmpty();
    }
}
