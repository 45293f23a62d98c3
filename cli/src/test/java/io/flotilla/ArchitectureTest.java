package io.flotilla;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.time.Clock;
import java.util.Random;

/** The shape of the whole: who may know whom. */
@AnalyzeClasses(
        packages = "io.flotilla",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {
    /** Leaves out the fixtures that modules lend to each other. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static final String[] GENERATED = {
        "io.flotilla.v1..", "io.flotilla.raw.v1..", "..broker.v1..", "..metadata.v1.."
    };

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("io.flotilla.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyOnePackageKnowsRatis = noClasses()
            .that(not(resideInAPackage("io.flotilla.raft.ratis..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.ratis..");

    @ArchTest
    static final ArchRule onlyOnePackageKnowsKafka = noClasses()
            .that(not(resideInAnyPackage("io.flotilla.broker.group.kafka..")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "com.yammer..");

    @ArchTest
    static final ArchRule theClientNeedsMicrometerInOneClassOnly = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.flotilla.client..", "io.flotilla.record..", "io.flotilla.error..", "io.flotilla.wire..")
            .and()
            .haveNameNotMatching(".*\\.MicrometerMeters(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.micrometer..");

    @ArchTest
    static final ArchRule onlyTheDoorsKnowGrpc = noClasses()
            .that(not(resideInAnyPackage(
                    "io.flotilla.broker.grpc..", "io.flotilla.client..", "io.flotilla.error..", "io.flotilla.wire..")))
            .and(not(resideInAnyPackage(GENERATED)))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.grpc..");

    @ArchTest
    static final ArchRule theLogStoreKnowsNeitherRaftNorTheContract = noClasses()
            .that()
            .resideInAPackage("io.flotilla.log..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.flotilla.raft..",
                    "io.flotilla.metadata..",
                    "io.flotilla.record..",
                    "io.flotilla.v1..",
                    "io.flotilla.broker..",
                    "com.google.protobuf..");

    @ArchTest
    static final ArchRule raftAndMetadataKnowNeitherLogNorContract = noClasses()
            .that()
            .resideInAnyPackage("io.flotilla.raft..", "io.flotilla.metadata..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.flotilla.log..",
                    "io.flotilla.record..",
                    "io.flotilla.client..",
                    "io.flotilla.v1..",
                    "io.flotilla.broker..");

    @ArchTest
    static final ArchRule theContractKnowsNothingOfBrokers = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.flotilla.client..",
                    "io.flotilla.record..",
                    "io.flotilla.error..",
                    "io.flotilla.text..",
                    "io.flotilla.wire..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.flotilla.log..", "io.flotilla.raft..", "io.flotilla.metadata..", "io.flotilla.broker..");

    @ArchTest
    static final ArchRule nothingBelowKnowsTheWholeBroker = noClasses()
            .that(not(resideInAnyPackage("io.flotilla.broker", "io.flotilla.cli..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.flotilla.broker");

    @ArchTest
    static final ArchRule nothingKnowsTheCommand = noClasses()
            .that(not(resideInAPackage("io.flotilla.cli..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.flotilla.cli..");

    @ArchTest
    static final ArchRule theLogStoreTouchesFilesInOnePlace = noClasses()
            .that()
            .resideInAPackage("io.flotilla.log")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.nio.channels..");

    @ArchTest
    static final ArchRule nobodyReadsSerializedObjects =
            noClasses().should().dependOnClassesThat().areAssignableTo(ObjectInputStream.class);

    @ArchTest
    static final ArchRule timeAndChanceAreHandedIn = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callConstructor(Random.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class);

    @ArchTest
    static final ArchRule nobodyPrintsBesideTheCommand = noClasses()
            .that(not(resideInAPackage("io.flotilla.cli..")))
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(System.class, "exit", int.class);

    @ArchTest
    static final ArchRule namesSayWhatThingsAre = noClasses()
            .that(not(resideInAnyPackage(GENERATED)))
            .should()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Impl");
}
