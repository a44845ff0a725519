package dev.gatun.inference;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.stream.Stream;

/** Who may use what. Layers, lowest first: abi, ffm, the exported packages. */
@AnalyzeClasses(
    packages = "dev.gatun.inference",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String API = "dev.gatun.inference";
  private static final String TOKENIZE = "dev.gatun.inference.tokenize";
  private static final String FFM = "dev.gatun.inference.ffm";
  private static final String ABI = "dev.gatun.inference.abi";
  private static final String FOREIGN = "java.lang.foreign..";

  @ArchTest
  static final ArchRule onlyFfmAndAbiTouchForeignMemory =
      noClasses()
          .that()
          .resideOutsideOfPackages(FFM, ABI)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(FOREIGN);

  @ArchTest
  static final ArchRule generatedCodeIsUsedByFfmOnly =
      classes()
          .that()
          .resideInAPackage(ABI)
          .should()
          .onlyHaveDependentClassesThat()
          .resideInAnyPackage(ABI, FFM);

  @ArchTest
  static final ArchRule ffmKnowsNothingAboveIt =
      noClasses()
          .that()
          .resideInAPackage(FFM)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(API, TOKENIZE);

  @ArchTest
  static final ArchRule onlyTokenizeUsesTheTokenizerEngine =
      noClasses()
          .that()
          .resideOutsideOfPackage(TOKENIZE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      slices().matching("dev.gatun.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule exportedSignaturesAreOurs =
      classes()
          .that()
          .resideInAnyPackage(API, TOKENIZE)
          .and()
          .arePublic()
          .should(onlyShow("java.lang.foreign", FFM, ABI, "ai.djl", "com.google"));

  @ArchTest
  static final ArchRule valuesAreRecords =
      classes()
          .that()
          .resideInAPackage(API)
          .and()
          .haveNameMatching(".*\\.(\\w+(Info|Options|Batch)|Encoded|Labels|Matrix)")
          .should()
          .beRecords();

  @ArchTest
  static void noMutableStatics(JavaClasses all) {
    classes()
        .that()
        .resideInAnyPackage(API, TOKENIZE)
        .should(
            new ArchCondition<>("keep every static field final") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                type.getFields().stream()
                    .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
                    .filter(field -> !field.getModifiers().contains(JavaModifier.FINAL))
                    .forEach(field ->
                        events.add(SimpleConditionEvent.violated(field, field.getFullName())));
              }
            })
        .check(all);
  }

  private static ArchCondition<JavaClass> onlyShow(String... hidden) {
    return new ArchCondition<>("show no type of " + String.join(", ", hidden)) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        type.getCodeUnits().stream()
            .filter(unit -> unit.getModifiers().contains(JavaModifier.PUBLIC))
            .filter(unit -> shown(unit).anyMatch(resideInAPackages(hidden)))
            .forEach(unit -> events.add(SimpleConditionEvent.violated(unit, unit.getFullName())));
      }
    };
  }

  private static Stream<JavaClass> shown(JavaCodeUnit unit) {
    return Stream.concat(
        unit.getAllInvolvedRawTypes().stream(),
        unit.getThrowsClause().getTypes().stream().map(type -> type.toErasure()));
  }

  private static java.util.function.Predicate<JavaClass> resideInAPackages(String... hidden) {
    return type -> Stream.of(hidden).anyMatch(name -> resideInAPackage(name + "..").test(type));
  }
}
