package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.Family;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Models of other processes that listen (spec signals §20.1). */
class AudioDecoderTest {
  private static final String SOUND =
      Documents.HEAD
          + """
              embeddings:
                - {name: aloud, threshold: 0.5, query_modality: audio, candidates: [a]}
            decisions: [{name: d, rules: {type: embedding, name: aloud}, modelRefs: [{model: m}]}]
          global: {model_catalog: {external: [%s]}}
          """;

  private static final String TRANSCRIBER =
      "{model_role: transcription, llm_model_name: w, llm_endpoint: {address: h}, "
          + "llm_timeout_seconds: 40}";

  private static final String HEARING =
      "{model_role: audio_embedding, llm_model_name: c, llm_endpoint: {address: 'https://h/x'}, "
          + "llm_timeout_seconds: 50}";

  @Test
  void aModelThatListensIsAskedWhereItsServerHasIt() {
    RouterConfig written = Documents.config(SOUND.formatted(TRANSCRIBER));
    ExternalModel model = written.global().external(ModelRole.TRANSCRIPTION).orElseThrow();
    assertEquals("http://h/v1/audio/transcriptions", model.address());
    assertEquals(
        Set.of(ModelRole.TRANSCRIPTION), written.rolesAsked(written.routing(), Family.EMBEDDING));
    assertEquals(Set.of(Family.EMBEDDING), written.comparing(), "its words are embedded here");
    assertEquals(
        Duration.ofSeconds(41),
        written.global().router().failures().of(Family.EMBEDDING).deadline());
    assertEquals("", Documents.problems(SOUND.formatted(TRANSCRIBER)));
  }

  @Test
  void ofTwoModelsThatListenTheOneWithVectorsIsAsked() {
    String both = SOUND.formatted(TRANSCRIBER + ", " + HEARING);
    RouterConfig config = Documents.config(both);
    assertEquals(
        "https://h/x/embeddings",
        config.global().external(ModelRole.AUDIO_EMBEDDING).orElseThrow().address());
    assertEquals(
        Set.of(ModelRole.AUDIO_EMBEDDING), config.rolesAsked(config.routing(), Family.EMBEDDING));
    assertEquals(Set.of(), config.comparing(), "nothing is embedded here");
    assertEquals(
        Duration.ofSeconds(51),
        config.global().router().failures().of(Family.EMBEDDING).deadline());
    assertTrue(
        Documents.problems(both).contains("remove it: audio_embedding is asked"),
        Documents.problems(both));
  }

  @Test
  void aModelThatListensToNobodyIsTold() {
    String text = SOUND.replace("query_modality: audio, ", "").formatted(TRANSCRIBER);
    assertTrue(
        Documents.problems(text).contains("query_modality: audio"), Documents.problems(text));
    assertEquals(
        List.of("global.model_catalog.external[0].model_role"),
        Documents.keys(Documents.decode(text), Severity.WARNING));
  }

  @Test
  void whatOnlyOthersAreAskedByHasNoEffectOnHearing() {
    String more = ", parser_type: json, threshold: 0.5, max_tokens: 5, temperature: 1}";
    List<String> keys =
        Documents.keys(
            Documents.decode(SOUND.formatted(HEARING.replaceFirst("}$", more))), Severity.WARNING);
    String at = "global.model_catalog.external[0].";
    assertEquals(
        Set.of(at + "parser_type", at + "threshold", at + "max_tokens", at + "temperature"),
        Set.copyOf(keys));
  }
}
