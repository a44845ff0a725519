package dev.gatun.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which package may know which. */
@AnalyzeClasses(packages = "dev.gatun.server", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  /** The web framework stays where sockets are; the codecs can be tested without one. */
  @ArchTest
  static final ArchRule helidonStaysAtTheSockets =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.gatun.server",
              "dev.gatun.server.http..",
              "dev.gatun.server.manage..",
              "dev.gatun.server.demo..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.helidon..");

  @ArchTest
  static final ArchRule theHttpClientStaysUpstream =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.gatun.server.upstream..", "dev.gatun.server.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.net.http..");

  @ArchTest
  static final ArchRule yamlStaysInConfig =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.gatun.server.config..", "dev.gatun.server.models..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.snakeyaml..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.gatun.server.(*)..").should().beFreeOfCycles();
}
