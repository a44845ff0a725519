package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.model.Compatibility;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every model can be reached, and who serves a name is decided the same way everywhere. */
class ServedModelsTest {
  private static final String HEAD = "version: v0.3\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{name: m, provider_model_id: x}",
        "{name: m, provider_model_id: x, backend_refs: []}"
      })
  void aModelWithoutABackendIsAnError(String model) {
    String text =
        HEAD + "providers: {models: [" + model + "]}\nrouting: {modelCards: [{name: m}]}\n";
    Decoded decoded = Documents.decode(text);
    assertTrue(decoded.config().isEmpty());
    String problems = Documents.render(decoded.diagnostics());
    assertTrue(problems.contains("\"m\" has no backend"), problems);
    assertTrue(upstream(text).config().isPresent(), "v0.3 loads it");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "backend_refs: []",
        "reasoning_family: ''",
        "provider_model_id: ''",
        "api_format: ''",
        "external_model_ids: {}",
        "pricing: {}",
        "pricing: null"
      })
  void aModelThatSaysNothingIsAnErrorEverywhere(String setting) {
    String text =
        HEAD
            + "providers: {models: [{name: m, "
            + setting
            + "}]}\nrouting: {modelCards: [{name: m}]}\n";
    for (Decoded decoded : List.of(Documents.decode(text), upstream(text))) {
      String problems = Documents.render(decoded.diagnostics());
      assertTrue(decoded.config().isEmpty(), problems);
      assertTrue(problems.contains("says nothing about where or how it is served"), problems);
    }
  }

  @Test
  void theDefaultModelNeedsAnEntryOfItsOwnOrItsBase() {
    String text =
        """
        version: v0.3
        providers:
          defaults: {default_model: NAME}
          models: [{name: a, backend_refs: [{endpoint: h}]}]
        routing:
          modelCards: [{name: a, loras: [{name: x}]}, {name: b, loras: [{name: y}]}]
        """;
    for (String name : List.of("b", "y")) {
      Decoded decoded = Documents.decode(text.replace("NAME", name));
      assertEquals(
          List.of("providers.defaults.default_model"), Documents.keys(decoded, Severity.ERROR));
      assertTrue(upstream(text.replace("NAME", name)).config().isPresent(), name);
    }
    for (String name : List.of("a", "x")) {
      assertTrue(Documents.decode(text.replace("NAME", name)).config().isPresent(), name);
    }
  }

  @Test
  void aDefaultModelThatIsAServedAdapterAsWellOnlyGetsAWarning() {
    Decoded decoded =
        Documents.decode(
            """
            version: v0.3
            providers:
              defaults: {default_model: x}
              models: [{name: a, backend_refs: [{endpoint: h}]}]
            routing: {modelCards: [{name: a, loras: [{name: x}]}, {name: x}]}
            """);
    assertTrue(decoded.config().isPresent(), Documents.render(decoded.diagnostics()));
    assertTrue(
        Documents.keys(decoded, Severity.WARNING).contains("providers.defaults.default_model"));
  }

  @Test
  void anAdapterOfTwoCardsBelongsToTheFirstByName() {
    RouterConfig config =
        Documents.config(
            """
            version: v0.3
            providers:
              defaults: {default_model: x}
              models: [{name: alpha, backend_refs: [{endpoint: h}]}]
            routing:
              modelCards:
                - {name: zeta, loras: [{name: x}]}
                - {name: alpha, loras: [{name: x}]}
              decisions: [{name: d, rules: {}, modelRefs: [{model: x}]}]
            """);
    assertEquals("alpha", config.serving("x").orElseThrow().model().name());
  }

  private static Decoded upstream(String text) {
    return ConfigDecoder.decode(
        Documents.yaml(text),
        new DecodeOptions(
            false, Optional.of(Compatibility.UPSTREAM_0_3), name -> Optional.empty()));
  }
}
