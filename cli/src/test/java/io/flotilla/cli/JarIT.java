package io.flotilla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.cli.process.JarProcess;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the one jar. */
class JarIT {
    private static final long MAX_BYTES = 80L << 20;

    private static final String TEST_LIBRARIES =
            ".*/(org/junit|org/opentest4j|org/apiguardian|org/assertj|com/tngtech|org/apache/maven)/.*";

    private static JarFile jar;

    @BeforeAll
    static void open() throws IOException {
        jar = new JarFile(JarProcess.jar().toFile());
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
    }

    @Test
    void runsByItselfAndKnowsNewerJavas() throws IOException {
        Attributes manifest = jar.getManifest().getMainAttributes();

        assertThat(manifest.getValue(Attributes.Name.MAIN_CLASS)).isEqualTo(FlotillaCli.class.getName());
        assertThat(manifest.getValue(Attributes.Name.MULTI_RELEASE)).isEqualTo("true");
    }

    @Test
    void hasEveryFileOnce() {
        assertThat(entries()).doesNotHaveDuplicates();
    }

    @Test
    void staysSmallEnoughToDownloadInAMoment() {
        assertThat(JarProcess.jar().toFile().length()).isLessThan(MAX_BYTES);
    }

    @Test
    void hasNoSignaturesThatNoLongerFitAndNoModuleOfSomebodyElse() {
        assertThat(entries())
                .noneMatch(name -> name.matches("META-INF/[^/]+\\.(SF|DSA|RSA)"))
                .noneMatch(name -> name.endsWith("module-info.class"));
    }

    @ParameterizedTest
    @CsvSource({
        "io.grpc.NameResolverProvider, io.grpc.internal.DnsNameResolverProvider",
        "io.grpc.LoadBalancerProvider, io.grpc.internal.PickFirstLoadBalancerProvider",
        "org.slf4j.spi.SLF4JServiceProvider, ch.qos.logback.classic.spi.LogbackServiceProvider",
        "ch.qos.logback.classic.spi.Configurator, io.flotilla.cli.logging.SilentStart",
        "org.apache.ratis.metrics.MetricRegistries, io.flotilla"
    })
    void keepsTheServicesOfAllItsParts(String service, String provider) throws IOException {
        assertThat(text("META-INF/services/" + service)).contains(provider);
    }

    @Test
    void namesOnlyServicesItHas() throws IOException {
        for (String name : entries()) {
            if (name.startsWith("META-INF/services/") && !name.endsWith("/")) {
                assertThat(text(name).lines())
                        .map(line -> line.replaceFirst("#.*", "").strip())
                        .filteredOn(line -> !line.isEmpty())
                        .as(name)
                        .allMatch(provider -> jar.getEntry(provider.replace('.', '/') + ".class") != null);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin", "cluster", "common", "consume", "error", "produce", "record"})
    void carriesTheContractForOtherLanguages(String proto) {
        assertThat(jar.getEntry("flotilla/v1/" + proto + ".proto")).isNotNull();
    }

    @Test
    void carriesTheLicencesOfItsParts() throws IOException {
        assertThat(entries())
                .contains(
                        "META-INF/LICENSE",
                        "META-INF/LICENSE.txt",
                        "META-INF/NOTICE",
                        "META-INF/license/LICENSE.boringssl.txt");
        List<String> listed = thirdParties();
        assertThat(libraries())
                .hasSizeGreaterThan(30)
                .allSatisfy(library -> assertThat(listed).as(library).anyMatch(library::matches));
    }

    /** What the tests run with, but for what only tests need: {@code netty-common}. */
    private static List<String> libraries() {
        return Arrays.stream(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        .split(File.pathSeparator, -1))
                .filter(path -> path.endsWith(".jar") && path.contains(".m2"))
                .filter(path -> !path.matches(TEST_LIBRARIES))
                .map(path -> Path.of(path).getFileName().toString().replaceFirst("-\\d.*", ""))
                .toList();
    }

    /** Names in the list of third parties, as patterns: {@code netty-.*}. */
    private static List<String> thirdParties() throws IOException {
        return Arrays.stream(text("META-INF/THIRD-PARTY.txt").split("[\\s,]+", -1))
                .map(name -> name.replace(".", "\\.").replace("*", ".*"))
                .filter(name -> name.matches("[A-Za-z0-9_.*-]+"))
                .toList();
    }

    private static List<String> entries() {
        return jar.stream()
                .map(JarEntry::getName)
                .filter(name -> !name.endsWith("/"))
                .toList();
    }

    private static String text(String name) throws IOException {
        JarEntry entry = jar.getJarEntry(name);
        assertThat(entry).as(name).isNotNull();
        return new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
    }
}
