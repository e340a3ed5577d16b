package dev.stackmapd;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/// The rooms and what each may know.
@AnalyzeClasses(packages = "dev.stackmapd", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    /// From the top: a room may use rooms before it, never after.
    private static final List<String> ROOMS = List.of(
            "process",
            "stack",
            "resolve",
            "stackmap",
            "store",
            "ingest",
            "artifact",
            "symbolize",
            "query",
            "cli",
            "app");

    @ArchTest
    static final ArchRule roomsUseOnlyRoomsAboveThem = rooms();

    @ArchTest
    static final ArchRule onlyTheEdgesKnowSpring = noClasses()
            .that()
            .resideInAnyPackage("dev.stackmapd..")
            .and()
            .resideOutsideOfPackage("..app..")
            .and()
            .haveNameNotMatching(".*Controller(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "jakarta..");

    /// Commands start in the time that it takes to load few classes, and ask nobody else.
    @ArchTest
    static final ArchRule commandsUseNoOtherRoom = noClasses()
            .that()
            .resideInAPackage("dev.stackmapd.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOMS.stream()
                    .filter(room -> !room.equals("cli"))
                    .map(room -> "dev.stackmapd." + room + "..")
                    .toArray(String[]::new));

    @ArchTest
    static final ArchRule namesSayWhatAThingIs =
            noClasses().should().haveNameMatching(".*(Impl|Manager|Helper|Utils?|Service|Dto|Common)(\\$.*)?");

    @ArchTest
    static final ArchRule noJackson2 =
            noClasses().should().dependOnClassesThat().resideInAPackage("com.fasterxml.jackson.databind..");

    @ArchTest
    static final ArchRule noUnsafe =
            noClasses().should().dependOnClassesThat().haveFullyQualifiedName("sun.misc.Unsafe");

    @ArchTest
    static final ArchRule everyPackageIsNullMarked =
            classes().that().haveSimpleName("package-info").should().beAnnotatedWith(NullMarked.class);

    private static ArchRule rooms() {
        LayeredArchitecture layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (String room : ROOMS) {
            layers = layers.layer(room).definedBy("dev.stackmapd." + room + "..");
        }
        for (int i = 0; i < ROOMS.size(); i++) {
            List<String> below = new ArrayList<>(ROOMS.subList(i + 1, ROOMS.size()));
            layers = below.isEmpty()
                    ? layers.whereLayer(ROOMS.get(i)).mayNotBeAccessedByAnyLayer()
                    : layers.whereLayer(ROOMS.get(i)).mayOnlyBeAccessedByLayers(below.toArray(String[]::new));
        }
        return layers;
    }
}
