package io.flotilla.cli.profile;

import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.session.Session;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla profile create}. */
@Command(
        name = "create",
        description = "Keep settings under a name",
        footer = {
            "",
            "Example:",
            "  flotilla profile create prod --set bootstrap=10.0.0.1:7400,10.0.0.2:7400 --set timeout=10s"
        })
final class ProfileCreate implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "NAME", description = "Letters, digits, '_' and '-'")
    private String name = "";

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            required = true,
            description = "bootstrap=HOST:PORT,..., output=FORMAT or timeout=TIME; may be repeated")
    private Map<String, String> set = new LinkedHashMap<>();

    ProfileCreate(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        String what = "cannot create profile " + name;
        Profiles.nameProblem(name)
                .or(() -> set.entrySet().stream()
                        .flatMap(entry -> ProfileKey.problem(entry.getKey(), entry.getValue()).stream())
                        .findFirst())
                .ifPresent(problem -> {
                    throw new CommandFailure(
                            Problem.usage(what, problem, "flotilla profile create --help shows what is possible"));
                });
        ProfileFile file = ProfileFile.of(session.surroundings());
        Profiles before = file.read();
        if (before.find(name).isPresent()) {
            throw new CommandFailure(new Problem(
                    ExitCode.CONFLICT,
                    what,
                    "there is one of that name",
                    "choose another name, or delete it first: flotilla profile delete " + name,
                    "ALREADY_EXISTS"));
        }
        Profiles after = before.with(name, set);
        file.write(after);
        session.say("created profile %s; to use it from now on: flotilla profile use %s".formatted(name, name));
        session.show(ProfileRows.one(after, name));
    }
}
