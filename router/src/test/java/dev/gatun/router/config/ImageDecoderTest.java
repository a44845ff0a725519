package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Attachments.Attachment;
import dev.gatun.router.config.Attachments.Picture;
import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.model.Image;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.Complexity;
import dev.gatun.router.signal.Family;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Models of other processes that see, and rules that ask them (spec signals §2, §6). */
class ImageDecoderTest {
  private static final String SIGHT =
      Documents.HEAD
          + """
              embeddings:
                - {name: shown, threshold: 0.5, query_modality: image, candidates: [a receipt]}
              complexity:
                - name: drawn
                  threshold: 0.1
                  hard: {candidates: [h], image_candidates: [./circuit.png, %s]}
                  easy: {candidates: [e], image_candidates: ["data:image/gif;base64,AAAA"]}
            decisions:
              - {name: d, rules: {type: embedding, name: shown}, modelRefs: [{model: m}]}
              - {name: c, rules: {type: complexity, name: "drawn:hard"}, modelRefs: [{model: m}]}
          global: {model_catalog: {external: [%s]}}
          """;

  private static final String PNG = "iVBORw0KGgoAAAAN";

  private static final String EYES =
      "{model_role: image_embedding, llm_model_name: c, llm_endpoint: {address: 'https://h/x'}, "
          + "llm_timeout_seconds: 50}";

  private static final Image CIRCUIT = new Image("webp", "AAAA");

  private static Decoded decode(String text, Picture picture) {
    Attachments files =
        new Attachments() {
          @Override
          public Attachment read(String path) {
            return new Attachment.Unknown();
          }

          @Override
          public Picture picture(String path) {
            return picture;
          }
        };
    return ConfigDecoder.decode(
        Documents.yaml(text),
        new DecodeOptions(false, Optional.empty(), _ -> Optional.empty(), files));
  }

  @Test
  void aModelThatSeesIsAskedByBothFamilies() {
    Decoded decoded = decode(SIGHT.formatted(PNG, EYES), new Picture.Found(CIRCUIT));
    RouterConfig config = decoded.config().orElseThrow();
    assertEquals("", Documents.render(decoded.diagnostics()));
    assertEquals(
        "https://h/x/embeddings",
        config.global().external(ModelRole.IMAGE_EMBEDDING).orElseThrow().address());
    for (Family family : List.of(Family.EMBEDDING, Family.COMPLEXITY)) {
      assertEquals(Set.of(ModelRole.IMAGE_EMBEDDING), config.rolesAsked(config.routing(), family));
      assertEquals(
          Duration.ofSeconds(51), config.global().router().failures().of(family).deadline());
    }
    assertEquals(Set.of(Family.COMPLEXITY), config.comparing(), "of its texts");
    Complexity rule = config.routing().signals().of(Complexity.class).getFirst();
    assertEquals(List.of(CIRCUIT, new Image("png", PNG)), rule.hard().images());
    assertEquals(List.of(new Image("gif", "AAAA")), rule.easy().images());
  }

  @Test
  void withoutAModelImagesAreNotCompared() {
    String text = SIGHT.formatted(PNG, "").replace("query_modality: image, ", "");
    Decoded decoded = decode(text, new Picture.Found(CIRCUIT));
    String at = "routing.signals.complexity[0].";
    assertEquals(
        List.of(at + "hard.image_candidates", at + "easy.image_candidates"),
        Documents.keys(decoded, Severity.UNSUPPORTED));
    RouterConfig config = decoded.config().orElseThrow();
    assertEquals(Set.of(), config.rolesAsked(config.routing(), Family.COMPLEXITY));
  }

  @Test
  void aFileThatIsNoImageIsAnErrorAtItsPlace() {
    String text = SIGHT.formatted(PNG, EYES);
    String none = problems(decode(text, new Picture.Missing(List.of("/a/circuit.png"))));
    assertTrue(none.contains("config.yaml:13:"), none);
    assertTrue(none.contains("put it at \"/a/circuit.png\""), none);
    String other = problems(decode(text, new Picture.Broken("is no image")));
    assertTrue(other.contains("./circuit.png is no image"), other);
    assertEquals("", problems(decode(text, new Picture.Unknown())), "nobody can tell");
  }

  @Test
  void aModelThatSeesForNobodyIsTold() {
    String text =
        SIGHT
            .formatted(PNG, EYES)
            .replace("query_modality: image, ", "")
            .lines()
            .filter(line -> !line.contains("easy:"))
            .reduce("", (all, line) -> all + line + "\n");
    Decoded decoded = decode(text, new Picture.Found(CIRCUIT));
    assertEquals(
        Set.of("routing.signals.complexity[0].easy", "global.model_catalog.external[0].model_role"),
        Set.copyOf(Documents.keys(decoded, Severity.WARNING)));
    assertFalse(decoded.has(Severity.ERROR));
  }

  private static String problems(Decoded decoded) {
    return Documents.render(decoded.diagnostics());
  }
}
