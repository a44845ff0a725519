package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.config.ModelNames.Named;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.Family;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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
                new Named.Model(
                    Optional.of("jailbreak"),
                    Optional.empty(),
                    Optional.of("/kept/mom-jailbreak-flash"));
            case "mom-pii-flash" ->
                new Named.Model(Optional.of("pii"), Optional.empty(), Optional.empty());
            case "mom-brain-flash" ->
                new Named.Model(Optional.empty(), Optional.empty(), Optional.empty());
            case "small-bert" ->
                new Named.Model(
                    Optional.of("embedding"), Optional.of("bert"), Optional.of("/kept/small-bert"));
            case "here", "models/here" -> new Named.Folder("/models/here");
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
    assertEquals(
        List.of(
            new NamedModel(
                "global.model_catalog.system.prompt_guard",
                "models/guard",
                Optional.empty(),
                false),
            new NamedModel(
                "global.model_catalog.modules.classifier.pii.model_id",
                "models/here",
                Optional.of("/models/here"),
                true)),
        global(
                "system: {prompt_guard: models/guard}, modules: {classifier: {pii: {model_id:"
                    + " models/here}}}")
            .named());
  }

  private static GlobalSettings global(String catalog) {
    return decode(catalog, Compatibility.GATUN).config().orElseThrow().global();
  }

  private static OwnModel model(Family family, String folder) {
    return new OwnModel(
        family,
        Optional.of(folder),
        Optional.empty(),
        family == Family.EMBEDDING ? Optional.of("bert") : Optional.empty(),
        OptionalInt.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "JAILBREAK, 'modules: {prompt_guard: {model_id: here}}'",
    "JAILBREAK, 'system: {prompt_guard: here}'",
    "JAILBREAK, 'system: {pii_classifier: here}, modules: {prompt_guard: {model_ref:"
        + " pii_classifier}, classifier: {pii: {model_id: models/nowhere}}}'",
    "DOMAIN, 'modules: {classifier: {domain: {model_id: here}}}'",
    "PII, 'modules: {classifier: {pii: {model_id: here}}}'",
    "FACT_CHECK, 'modules: {hallucination_mitigation: {fact_check: {model_id: here}}}'",
    "USER_FEEDBACK, 'system: {feedback_detector: here}'",
    "MODALITY, 'modules: {modality_detector: {classifier: {model_path: here}}}'",
    "PREFERENCE, 'modules: {classifier: {preference: {embedding_model: here}}}'",
    "EMBEDDING, 'embeddings: {semantic: {bert_model_path: here}}'",
    "EMBEDDING, 'embeddings: {semantic: {bert_model_path: here, qwen3_model_path: models/no,"
        + " embedding_config: {model_type: BERT}}}'"
  })
  void whatIsHereRuns(Family family, String catalog) {
    assertEquals(List.of(model(family, "/models/here")), global(catalog).own());
  }

  @ParameterizedTest
  @CsvSource({
    "'modules: {prompt_guard: {model_id: models/nowhere}}', modules.prompt_guard.model_id,"
        + " put its folder there",
    "'system: {pii_classifier: mom-pii-flash}', system.pii_classifier,"
        + " gatun model import mom-pii-flash",
    "'modules: {classifier: {domain: {adapter: models/nowhere}}}',"
        + " modules.classifier.domain.adapter, put its folder there",
    "'embeddings: {semantic: {embedding_config: {model_type: qwen3}}}',"
        + " embeddings.semantic.embedding_config.model_type, write qwen3_model_path",
    "'embeddings: {semantic: {mmbert_model_path: models/no, bert_model_path: here}}',"
        + " embeddings.semantic.mmbert_model_path, put its folder there",
    "'modules: {classifier: {preference: {embedding_model: models/nowhere}}}',"
        + " modules.classifier.preference.embedding_model, put its folder there",
    "'modules: {classifier: {preference: {embedding_model: qwen3}}}',"
        + " modules.classifier.preference.embedding_model, semantic.qwen3_model_path"
  })
  void whatIsNotHereIsSaidNotToRun(String catalog, String key, String hint) {
    Decoded decoded = decode(catalog, Compatibility.GATUN);
    List<Diagnostic> said =
        decoded.diagnostics().stream().filter(d -> d.severity() == Severity.UNSUPPORTED).toList();
    assertEquals(
        List.of("global.model_catalog." + key), said.stream().map(Diagnostic::key).toList());
    assertTrue(said.getFirst().hint().contains(hint), said.toString());
    assertEquals(List.of(), decoded.config().orElseThrow().global().own());
  }

  @Test
  void anAdapterIsOverTheModelBesideIt() {
    assertEquals(
        List.of(
            new OwnModel(
                Family.DOMAIN,
                Optional.of("/kept/small-bert"),
                Optional.of("/models/here"),
                Optional.empty(),
                OptionalInt.empty())),
        global("modules: {classifier: {domain: {model_id: small-bert, adapter: here}}}").own());
  }

  /** Without its base an adapter would be over another model, and say something else. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "modules: {classifier: {domain: {model_id: models/no, adapter: here}}}",
        "modules: {classifier: {domain: {model_id: here, adapter: models/no}}}"
      })
  void halfAModelDoesNotRun(String catalog) {
    assertEquals(List.of(), global(catalog).own());
  }

  @ParameterizedTest
  @CsvSource({
    "'system: {prompt_guard: models/x}, modules: {prompt_guard: {model_id: here}}',"
        + " system.prompt_guard, no module asks",
    "'embeddings: {semantic: {bert_model_path: here, gemma_model_path: models/x,"
        + " embedding_config: {model_type: bert}}}', embeddings.semantic.gemma_model_path,"
        + " another model compares texts",
    "'embeddings: {semantic: {bert_model_path: here, embedding_config: {target_layer: 3}}}',"
        + " embeddings.semantic.embedding_config.target_layer, inner layer"
  })
  void whatNobodyAsksIsSaid(String catalog, String key, String message) {
    String said =
        Documents.render(
            decode(catalog, Compatibility.GATUN).diagnostics().stream()
                .filter(d -> d.severity() == Severity.WARNING)
                .toList());
    assertTrue(said.contains("global.model_catalog." + key) && said.contains(message), said);
  }

  @Test
  void ofSeveralEncodersOneIsChosen() {
    String two = "embeddings: {semantic: {bert_model_path: here, gemma_model_path: models/here}}";
    assertTrue(errors(two).contains("several models are named"), errors(two));
  }

  /** A type is a path elsewhere; that of the encoder for all needs no second one. */
  @Test
  void preferencesMayHaveAnEncoderOfAnotherType() {
    String preference = "modules: {classifier: {preference: {embedding_model: BERT}}}, ";
    String two =
        "embeddings: {semantic: {bert_model_path: here, qwen3_model_path: %s, embedding_config:"
            + " {model_type: %s}}}";
    OwnModel own =
        global(preference + two.formatted("models/q", "qwen3"))
            .own(Family.PREFERENCE)
            .orElseThrow();
    assertEquals("/models/here", own.folder());
    assertEquals(Optional.of("bert"), own.architecture());
    GlobalSettings same = global(preference + two.formatted("models/q", "bert"));
    assertEquals(Optional.empty(), same.own(Family.PREFERENCE));
    assertEquals(Optional.empty(), global(preference).own(Family.PREFERENCE), "the embedded one");
  }

  @Test
  void mmbertStopsAtALayer() {
    OwnModel own =
        global(
                "embeddings: {semantic: {mmbert_model_path: here, embedding_config:"
                    + " {target_layer: 6, model_type: mmbert}}}")
            .own(Family.EMBEDDING)
            .orElseThrow();
    assertEquals(OptionalInt.of(6), own.layer());
    assertEquals(Optional.of("modernbert"), own.architecture());
  }
}
