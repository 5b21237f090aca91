package io.weir.detector.walls;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;

/** Every wall as a rule, with code that breaks it. */
final class Walls {
    private static final String FILTER = "io.weir.filter..";
    private static final String CAPTURE = "io.weir.capture..";
    private static final String WINDOW = "io.weir.detector.window";
    private static final String FLOOD = "io.weir.detector.flood";
    private static final String SCRUB = "io.weir.detector.scrub..";
    private static final Set<String> CLOCKS_OF_SYSTEM = Set.of("nanoTime", "currentTimeMillis");
    private static final Set<String> STREAMS_AND_EXIT = Set.of("in", "out", "err", "exit", "halt", "printStackTrace");

    /**
     * One wall.
     *
     * @param name what it holds, so that a failure reads as a sentence
     * @param rule what must hold of all classes
     * @param violator package of a class that breaks it
     * @param violation body of that class
     */
    record Wall(String name, ArchRule rule, String violator, String violation) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Wall> ALL = List.of(
            new Wall(
                    "filter knows nothing above it",
                    noClasses().that().resideInAPackage(FILTER).should().dependOnClassesThat(ours(FILTER)),
                    "io.weir.filter.packet",
                    "io.weir.capture.source.PacketSource above;"),
            new Wall(
                    "capture knows filter alone",
                    noClasses().that().resideInAPackage(CAPTURE).should().dependOnClassesThat(ours(CAPTURE, FILTER)),
                    "io.weir.capture.source",
                    "io.weir.detector.config.View above;"),
            new Wall(
                    "only daemon and commands know capture",
                    noClasses()
                            .that()
                            .resideInAPackage("io.weir.detector..")
                            .and()
                            .resideOutsideOfPackages("io.weir.detector.daemon", "io.weir.detector.cli")
                            .should()
                            .dependOnClassesThat(resideInAPackage(CAPTURE)),
                    "io.weir.detector.report",
                    "io.weir.capture.source.PacketSource beside;"),
            new Wall(
                    "hot path knows the JDK alone",
                    classes()
                            .that()
                            .resideInAnyPackage(FILTER, WINDOW, FLOOD, SCRUB)
                            .should()
                            .onlyDependOnClassesThat(
                                    resideInAnyPackage("io.weir..", "java..", "org.jspecify.annotations..")),
                    "io.weir.detector.scrub",
                    "org.HdrHistogram.Histogram foreign;"),
            new Wall(
                    "hot path knows no slow neighbour",
                    classes()
                            .that()
                            .resideInAnyPackage(WINDOW, FLOOD, SCRUB)
                            .should()
                            .onlyDependOnClassesThat(
                                    ours(FILTER, WINDOW, FLOOD, SCRUB).negate().as("are of the hot path, or not ours")),
                    "io.weir.detector.flood",
                    "io.weir.detector.event.EventListener slow;"),
            new Wall(
                    "only the reader knows libpcap",
                    noClasses()
                            .that()
                            .resideOutsideOfPackage("io.weir.capture.pcap")
                            .should()
                            .dependOnClassesThat(resideInAnyPackage("org.pcap4j..", "com.sun.jna..")),
                    "io.weir.capture.source",
                    "org.pcap4j.core.PcapHandle foreign;"),
            new Wall(
                    "only the API knows Netty",
                    noClasses()
                            .that()
                            .resideOutsideOfPackage("io.weir.detector.api..")
                            .should()
                            .dependOnClassesThat(resideInAPackage("io.netty..")),
                    "io.weir.detector.daemon",
                    "io.netty.Stub foreign;"),
            new Wall(
                    "only the metrics know Micrometer",
                    noClasses()
                            .that()
                            .resideOutsideOfPackage("io.weir.detector.metrics..")
                            .should()
                            .dependOnClassesThat(resideInAPackage("io.micrometer..")),
                    "io.weir.detector.daemon",
                    "io.micrometer.Stub foreign;"),
            new Wall(
                    "no packages go in circles",
                    slices().matching("io.weir.(**)").should().beFreeOfCycles(),
                    // The commands know the report already.
                    "io.weir.detector.report",
                    "io.weir.detector.cli.Main circle;"),
            new Wall(
                    "time is packet time",
                    noClasses()
                            .that()
                            .resideOutsideOfPackages(
                                    "io.weir.detector.daemon",
                                    "io.weir.detector.cli",
                                    "io.weir.detector.latency",
                                    // Receivers outside compare a post's time with their own clock.
                                    "io.weir.detector.alert")
                            .should()
                            .accessTargetWhere(describe("a clock is read", Walls::readsClock)),
                    "io.weir.detector.event",
                    "java.time.Instant clock() { return java.time.Instant.now(); }"),
            new Wall(
                    "nobody writes a log",
                    noClasses()
                            .should()
                            .dependOnClassesThat(resideInAnyPackage(
                                            "java.util.logging..",
                                            "org.slf4j..",
                                            "org.apache.logging..",
                                            "org.apache.log4j..",
                                            "org.apache.commons.logging..",
                                            "ch.qos.logback..")
                                    .or(HasName.Predicates.nameStartingWith("java.lang.System$Logger")
                                            .forSubtype())),
                    "io.weir.filter.packet",
                    "java.util.logging.Logger log;"),
            new Wall(
                    "only commands speak to the terminal",
                    noClasses()
                            .that()
                            .resideOutsideOfPackage("io.weir.detector.cli")
                            .should()
                            .accessTargetWhere(
                                    describe("a standard stream is used or the JVM ended", Walls::isOfTheProcess)),
                    "io.weir.detector.daemon",
                    "void speak() { System.err.println(); }"));

    private Walls() {}

    /** Our own classes outside of these packages. */
    private static DescribedPredicate<JavaClass> ours(String... allowed) {
        return resideInAPackage("io.weir..")
                .and(DescribedPredicate.not(resideInAnyPackage(allowed)))
                .as("are ours and lie outside of " + String.join(", ", allowed));
    }

    private static boolean readsClock(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getFullName();
        String name = access.getTarget().getName();
        if (owner.equals("java.lang.System")) {
            return CLOCKS_OF_SYSTEM.contains(name);
        }
        boolean isDateOfNow = owner.equals("java.util.Date")
                && access.getTarget().getFullName().endsWith("<init>()");
        return isDateOfNow || owner.startsWith("java.time.") && (name.equals("now") || name.startsWith("system"));
    }

    private static boolean isOfTheProcess(JavaAccess<?> access) {
        String owner =
                ((HasOwner<?>) access.getTarget()).getOwner() instanceof JavaClass target ? target.getFullName() : "";
        return Set.of("java.lang.System", "java.lang.Runtime", "java.lang.Throwable")
                        .contains(owner)
                && STREAMS_AND_EXIT.contains(access.getTarget().getName());
    }
}
