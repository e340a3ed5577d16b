package dev.stackmapd.elfcore;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Arrays;
import java.util.stream.Stream;

/// Checks which packages of this module may depend on each other.
@AnalyzeClasses(packages = "dev.stackmapd.elfcore", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule eachPackageUsesOnlyThoseBeforeIt = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("bytes")
            .definedBy("..elfcore.bytes..")
            .layer("elf")
            .definedBy("..elfcore.elf..")
            .layer("golang")
            .definedBy("..elfcore.golang..")
            .optionalLayer("dwarf")
            .definedBy("..elfcore.dwarf..")
            .layer("symbols")
            .definedBy("..elfcore.symbols..")
            .layer("index")
            .definedBy("..elfcore.index..")
            .layer("lookup")
            .definedBy("..elfcore.lookup..")
            .optionalLayer("demangle")
            .definedBy("..elfcore.demangle..")
            .whereLayer("demangle")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("lookup")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("index")
            .mayOnlyBeAccessedByLayers("lookup", "demangle")
            .whereLayer("symbols")
            .mayOnlyBeAccessedByLayers("index", "lookup", "demangle")
            .whereLayer("golang")
            .mayOnlyBeAccessedByLayers("symbols", "index", "lookup", "demangle")
            .whereLayer("dwarf")
            .mayOnlyBeAccessedByLayers("symbols", "index", "lookup", "demangle")
            .whereLayer("elf")
            .mayOnlyBeAccessedByLayers("golang", "dwarf", "symbols", "index", "lookup", "demangle");

    @ArchTest
    static final ArchRule bytesToAnswersAndNothingElse = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.springframework..",
                    "java.lang.System.Logger",
                    "java.util.logging..",
                    "org.slf4j..",
                    "java.util.concurrent..",
                    "com.github.benmanes..",
                    "sun.misc..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class);

    /// An array that grows with an untrusted file must be charged to the budget of its build or look-up.
    /// The exceptions copy arrays that are charged already, or that are as short as one abbreviation or
    /// answer.
    @ArchTest
    static final ArchRule arraysGrowWithinTheirBudget = noClasses()
            .that()
            .resideInAnyPackage("..elfcore.dwarf..", "..elfcore.index..")
            .and()
            .doNotHaveFullyQualifiedName("dev.stackmapd.elfcore.dwarf.AbbreviationBuilder")
            .and()
            .doNotHaveFullyQualifiedName("dev.stackmapd.elfcore.dwarf.DieWalk")
            .and()
            .doNotHaveFullyQualifiedName("dev.stackmapd.elfcore.dwarf.RangeIndex$Builder")
            .and()
            .doNotHaveFullyQualifiedName("dev.stackmapd.elfcore.dwarf.UnitChain")
            .and()
            .doNotHaveFullyQualifiedName("dev.stackmapd.elfcore.dwarf.UnitRanges")
            .and()
            .doNotHaveFullyQualifiedName("dev.stackmapd.elfcore.index.IndexStrings$GroupReader")
            .should()
            .callMethodWhere(target(nameMatching("copyOf(Range)?")).and(target(owner(type(Arrays.class)))));

    @ArchTest
    static final ArchRule noMemorySegmentLeaves = methods().that().arePublic().should(mentionNoMemorySegment());

    @ArchTest
    static final ArchRule namesSayWhatAThingIs =
            noClasses().should().haveNameMatching(".*(Impl|Manager|Helper|Utils?|Service)");

    private static ArchCondition<JavaMethod> mentionNoMemorySegment() {
        DescribedPredicate<JavaClass> foreign = JavaClass.Predicates.resideInAPackage("java.lang.foreign");
        return new ArchCondition<>("mention no type of java.lang.foreign") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                boolean leaks = Stream.concat(
                                Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                        .anyMatch(foreign);
                events.add(new SimpleConditionEvent(method, !leaks, method.getFullName()));
            }
        };
    }
}
