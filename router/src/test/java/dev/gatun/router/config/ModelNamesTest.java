package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.config.ModelNames.Named;
import dev.gatun.router.model.Compatibility;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Short names of encoder models at every key that takes one. */
class ModelNamesTest {
  private static final ModelNames NAMES =
      new ModelNames() {
        @Override
        public Named find(String nameOrPath) {
          return switch (nameOrPath) {
            case "mom-jailbreak-flash" ->
                new Named.Model(Optional.of("jailbreak"), Optional.empty());
            case "mom-pii-flash" -> new Named.Model(Optional.of("pii"), Optional.empty());
            case "mom-brain-flash" -> new Named.Model(Optional.empty(), Optional.empty());
            case "small-bert" -> new Named.Model(Optional.of("embedding"), Optional.of("bert"));
            case "here" -> new Named.Folder();
            default -> new Named.Nothing();
          };
        }

        @Override
        public List<String> names() {
          return List.of("mom-jailbreak-flash", "mom-pii-flash", "mom-brain-flash", "small-bert");
        }
      };

  private static Decoded decode(String catalog, Compatibility compatibility) {
    return ConfigDecoder.decode(
        Documents.yaml("version: v0.3\nglobal:\n  model_catalog: {" + catalog + "}\n"),
        new DecodeOptions(
            false,
            Optional.of(compatibility),
            _ -> Optional.empty(),
            Attachments.none(),
            NAMES,
            false));
  }

  private static String errors(String catalog) {
    return Documents.render(
        decode(catalog, Compatibility.GATUN).diagnostics().stream()
            .filter(d -> d.severity() == Severity.ERROR)
            .toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "modules: {prompt_guard: {model_id: mom-jailbreak-flash}}",
        "modules: {prompt_guard: {model_ref: mom-jailbreak-flash}}",
        "modules: {prompt_guard: {model_ref: prompt_guard}}",
        "modules: {prompt_guard: {model_id: mom-brain-flash}}",
        "modules: {prompt_guard: {model_id: here}}",
        "modules: {prompt_guard: {model_id: models/of-their-own}}",
        "modules: {classifier: {pii: {model_id: mom-pii-flash}}}",
        "system: {pii_classifier: mom-pii-flash}",
        "embeddings: {semantic: {bert_model_path: small-bert}}",
        "embeddings: {semantic: {multimodal_model_path: small-bert}}",
        "embeddings: {semantic: {mmbert_model_path: ''}}"
      })
  void aKnownNameIsTaken(String catalog) {
    assertEquals("", errors(catalog));
  }

  @ParameterizedTest
  @CsvSource({
    "'modules: {prompt_guard: {model_id: mom-jailbrake-flash}}', modules.prompt_guard.model_id,"
        + " 'did you mean \"mom-jailbreak-flash\"?'",
    "'modules: {feedback_detector: {model_id: nobody-knows-this}}',"
        + " modules.feedback_detector.model_id, gatun model list",
    "'modules: {prompt_guard: {model_ref: mom-jailbreak-flush}}', modules.prompt_guard.model_ref,"
        + " 'did you mean \"mom-jailbreak-flash\"?'",
    "'system: {prompt_guard: mom-jail}', system.prompt_guard,"
        + " 'did you mean \"mom-jailbreak-flash\"?'",
    "'system: {pii_classifier: mom-pii-flesh}', system.pii_classifier,"
        + " 'did you mean \"mom-pii-flash\"?'",
    "'embeddings: {semantic: {qwen3_model_path: smal-bert}}',"
        + " embeddings.semantic.qwen3_model_path, 'did you mean \"small-bert\"?'",
    "'modules: {modality_detector: {classifier: {model_path: nothing-of-that}}}',"
        + " modules.modality_detector.classifier.model_path, gatun model list"
  })
  void anUnknownOneIsAnErrorThatListsNearOnes(String catalog, String key, String hint) {
    String said = errors(catalog);
    assertTrue(said.contains("config.yaml:3:"), said);
    assertTrue(said.contains("global.model_catalog." + key), said);
    assertTrue(said.contains(hint), said);
  }

  @ParameterizedTest
  @CsvSource({
    "'modules: {prompt_guard: {model_id: mom-pii-flash}}', 'is a model for pii, not jailbreak'",
    "'modules: {prompt_guard: {model_ref: mom-pii-flash}}', 'is a model for pii, not jailbreak'",
    "'embeddings: {semantic: {mmbert_model_path: small-bert}}',"
        + " 'is of the family bert, not modernbert'",
    "'embeddings: {semantic: {bert_model_path: mom-pii-flash}}',"
        + " 'is a model for pii, not embedding'"
  })
  void aModelForSomethingElseIsAnError(String catalog, String message) {
    assertTrue(errors(catalog).contains(message), errors(catalog));
  }

  @Test
  void upstreamDoesNotNotice() {
    Decoded decoded = decode("system: {pii_classifier: nobody}", Compatibility.UPSTREAM_0_3);
    assertTrue(decoded.config().isPresent());
    assertTrue(decoded.has(Severity.WARNING));
  }

  @Test
  void whatIsNamedIsKept() {
    RouterConfig config =
        decode(
                "system: {prompt_guard: models/guard}, modules: {classifier: {pii: {model_id:"
                    + " mom-pii-flash}}}",
                Compatibility.GATUN)
            .config()
            .orElseThrow();
    assertEquals(
        List.of(
            new NamedModel("global.model_catalog.modules.classifier.pii.model_id", "mom-pii-flash"),
            new NamedModel("global.model_catalog.system.prompt_guard", "models/guard")),
        config.global().named());
  }
}
