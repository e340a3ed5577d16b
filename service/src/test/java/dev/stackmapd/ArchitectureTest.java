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

/// The packages and what each may know.
@AnalyzeClasses(packages = "dev.stackmapd", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    /// From the bottom: a package may use packages before it, never after. Sub-packages come before the package that
    /// they are part of, unless they are listed after it.
    private static final List<String> PACKAGES = List.of(
            "request",
            "stack",
            "process",
            "series",
            "resolve.linux",
            "resolve",
            "dedupe",
            "kernelmap",
            "upstream",
            "artifact.disk",
            "artifact.folder",
            "artifact.describe",
            "artifact",
            "artifact.upload",
            "store",
            "store.memory",
            "symbolize.index",
            "symbolize",
            "ingest",
            "debuginfod",
            "query",
            "cli",
            "app.http",
            "app.settings",
            "app.security",
            "app.metrics",
            "app.health",
            "app");

    @ArchTest
    static final ArchRule packagesUseOnlyThoseBelowThem = packages();

    @ArchTest
    static final ArchRule onlyTheEdgesKnowSpring = noClasses()
            .that()
            .resideInAnyPackage("dev.stackmapd..")
            .and()
            .resideOutsideOfPackage("..app..")
            .and()
            .haveNameNotMatching(".*Controller(\\$.*)?")
            .and()
            .doNotHaveFullyQualifiedName("dev.stackmapd.StackmapdApplication")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "jakarta..");

    /// Commands start in the time that it takes to load few classes, and use no other package.
    @ArchTest
    static final ArchRule commandsUseNoOtherPackage = noClasses()
            .that()
            .resideInAPackage("dev.stackmapd.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PACKAGES.stream()
                    .filter(name -> !name.equals("cli"))
                    .map(name -> "dev.stackmapd." + name + "..")
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

    private static ArchRule packages() {
        LayeredArchitecture layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (String name : PACKAGES) {
            layers = layers.layer(name).definedBy("dev.stackmapd." + name);
        }
        for (int i = 0; i < PACKAGES.size(); i++) {
            List<String> above = new ArrayList<>(PACKAGES.subList(i + 1, PACKAGES.size()));
            layers = above.isEmpty()
                    ? layers.whereLayer(PACKAGES.get(i)).mayNotBeAccessedByAnyLayer()
                    : layers.whereLayer(PACKAGES.get(i)).mayOnlyBeAccessedByLayers(above.toArray(String[]::new));
        }
        return layers;
    }
}
