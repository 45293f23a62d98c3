package io.flotilla.cli.profile;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.Table;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Profiles as answers. */
final class ProfileRows {
    private static final Table PROFILES = new Table(
            Column.of("NAME", "name"),
            Column.of("IN-USE", item -> item.text("current").equals("true") ? "yes" : ""),
            Column.of("BOOTSTRAP", "bootstrap"),
            Column.of("OUTPUT", "output"),
            Column.of("TIMEOUT", "timeout"));

    private static final Table SETTINGS =
            new Table(Column.of("SETTING", "setting"), Column.of("VALUE", "value"), Column.of("SOURCE", "source"));

    private ProfileRows() {}

    static Answer list(Profiles profiles) {
        return Answer.of(
                "ProfileList",
                profiles.settings().keySet().stream()
                        .map(name -> value(profiles, name))
                        .toList(),
                PROFILES);
    }

    static Answer one(Profiles profiles, String name) {
        return Answer.of("Profile", List.of(value(profiles, name)), PROFILES);
    }

    private static Value.Fields value(Profiles profiles, String name) {
        Value.Builder fields = Value.Fields.with("name", name)
                .and("current", profiles.current().equals(name));
        Map<String, String> settings = profiles.find(name).orElse(Map.of());
        for (ProfileKey key : ProfileKey.values()) {
            String value = settings.get(key.key());
            if (value != null) {
                fields.and(key.key(), value);
            }
        }
        return fields.build();
    }

    static Answer effective(EffectiveSettings settings) {
        return Answer.of(
                "ProfileSettings",
                Arrays.stream(ProfileKey.values())
                        .map(key -> Value.Fields.with("setting", key.key())
                                .and("value", settings.setting(key).value())
                                .and("source", settings.setting(key).source())
                                .build())
                        .toList(),
                SETTINGS);
    }

    static CommandFailure notFound(String what, String name) {
        return new CommandFailure(new Problem(
                ExitCode.NOT_FOUND,
                what,
                "there is no profile " + name,
                "see which there are: flotilla profile list",
                "NO_PROFILE"));
    }
}
