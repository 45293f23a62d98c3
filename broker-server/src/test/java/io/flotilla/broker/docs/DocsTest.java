package io.flotilla.broker.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the documentation names in backquotes exists: classes of ours and their methods, settings, and what links point
 * to. Classes of others are written with their package, so that they are told apart.
 */
class DocsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern TYPE = Pattern.compile("[A-Z]\\w*[a-z]\\w*");
    private static final Pattern METHOD = Pattern.compile("([A-Z]\\w*[a-z]\\w*)\\.([a-z]\\w*)(\\(.*\\))?");
    private static final Pattern SETTING = Pattern.compile("[a-z-]+(\\.[a-zA-Z-]+)+");
    private static final Pattern SETTING_ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

    private final SourceNames names = SourceNames.read(ROOT);

    static List<Page> pages() throws IOException {
        return Page.all(ROOT);
    }

    static List<Page> writtenPages() throws IOException {
        return pages().stream().filter(page -> !page.isGenerated()).toList();
    }

    @Test
    void thereAreEnoughPagesAndNamesToTellSomething() throws IOException {
        assertThat(pages()).hasSizeGreaterThan(10);
        assertThat(pages().stream().flatMap(page -> page.code().stream().filter(DocsTest::isType)))
                .hasSizeGreaterThan(100);
        assertThat(settings()).hasSizeGreaterThan(30);
    }

    @ParameterizedTest
    @MethodSource("writtenPages")
    void namesClassesThatExist(Page page) {
        assertThat(page.code())
                .filteredOn(DocsTest::isType)
                .allSatisfy(type -> assertThat(names.hasType(type))
                        .as("%s names the class %s, which does not exist", page, type)
                        .isTrue());
    }

    @ParameterizedTest
    @MethodSource("writtenPages")
    void namesMethodsThatExist(Page page) {
        assertThat(page.code())
                .map(METHOD::matcher)
                .filteredOn(m -> m.matches())
                .allSatisfy(method -> assertThat(names.hasMember(method.group(1), method.group(2)))
                        .as("%s names %s, which does not exist", page, method.group())
                        .isTrue());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void namesSettingsThatExist(Page page) throws IOException {
        Set<String> settings = settings();
        Set<String> features = settings.stream().map(DocsTest::firstWord).collect(Collectors.toSet());

        assertThat(page.code())
                .map(code -> code.replaceFirst("=.*", ""))
                .filteredOn(code -> SETTING.matcher(code).matches()
                        && features.contains(firstWord(code))
                        && !code.endsWith(".properties")
                        && !code.endsWith(".proto"))
                .allSatisfy(name -> assertThat(name)
                        .as("%s names the setting %s, which does not exist", page, name)
                        .matches(n -> settings.contains(n) || n.startsWith("raft.tuning.")));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksToWhatIsThere(Page page) {
        assertThat(page.links())
                .allSatisfy(link -> assertThat(page.resolves(link))
                        .as("%s links to %s, which does not exist", page, link)
                        .isTrue());
    }

    private static boolean isType(String code) {
        return TYPE.matcher(code).matches();
    }

    private static String firstWord(String setting) {
        return setting.substring(0, setting.indexOf('.'));
    }

    /** Those of brokers and of topics, from the page that is generated from them. */
    private static Set<String> settings() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/configuration.md"));
        return SETTING_ROW
                .matcher(page)
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
