package dev.gatun.router;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  /** Each may use those before it, none those behind it. */
  private static final List<String> PACKAGES =
      List.of(
          "model",
          "text",
          "pii",
          "port",
          "grounding",
          "signal",
          "rule",
          "projection",
          "decision",
          "algorithm",
          "config",
          "migration",
          "pipeline");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.gatun.router");

  @Test
  void packagesDependOneWay() {
    LayeredArchitecture layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String name : PACKAGES) {
      layers = layers.layer(name).definedBy("dev.gatun.router." + name);
    }
    for (int i = 0; i < PACKAGES.size(); i++) {
      List<String> behind = PACKAGES.subList(i + 1, PACKAGES.size());
      layers =
          behind.isEmpty()
              ? layers.whereLayer(PACKAGES.get(i)).mayNotBeAccessedByAnyLayer()
              : layers
                  .whereLayer(PACKAGES.get(i))
                  .mayOnlyBeAccessedByLayers(behind.toArray(String[]::new));
    }
    layers.check(CLASSES);
  }

  @Test
  void everyClassHasItsLayer() {
    noClasses()
        .should()
        .resideOutsideOfPackages(
            PACKAGES.stream().map(p -> "dev.gatun.router." + p).toArray(String[]::new))
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    SlicesRuleDefinition.slices()
        .matching("dev.gatun.router.(*)..")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void theCoreTouchesNoOutsideWorld() {
    noClasses()
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "do input, output or threads", ArchitectureTest::touchesOutside))
        .check(CLASSES);
  }

  @Test
  void theCoreReadsNoClockAndNoEnvironment() {
    noClasses()
        .should()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(System.class, "getProperty", String.class)
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .check(CLASSES);
  }

  private static boolean touchesOutside(JavaClass type) {
    String name = type.getPackageName();
    return name.equals("java.io")
        || name.startsWith("java.nio.file")
        || name.startsWith("java.net")
        || name.startsWith("java.util.concurrent")
        || name.startsWith("org.apache.lucene.store")
        || type.isAssignableTo(Thread.class)
        || type.isAssignableTo(ThreadLocal.class);
  }
}
