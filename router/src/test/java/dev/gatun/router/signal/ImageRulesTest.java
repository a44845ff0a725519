package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.Image;
import dev.gatun.router.model.Message;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.FakeEmbeddings;
import dev.gatun.router.port.FakeImages;
import dev.gatun.router.port.Ports;
import dev.gatun.router.signal.Complexity.Examples;
import dev.gatun.router.signal.EmbeddingRule.Aggregation;
import dev.gatun.router.signal.EmbeddingRule.Modality;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rules that compare images: of embeddings (spec signals §6) and of complexity (§2). */
class ImageRulesTest {
  private static final EmbeddingRule RECEIPT = rule("receipt", Modality.IMAGE, "receipt");
  private static final EmbeddingRule PARCEL = rule("parcel", Modality.TEXT, "parcel");

  private static final Complexity BOTH =
      new Complexity(
          "both",
          0.2,
          new Examples(List.of("proof"), List.of(FakeImages.of("circuit"))),
          new Examples(List.of("poem"), List.of(FakeImages.of("icon"))));

  private static final Complexity HALF =
      new Complexity(
          "half",
          0.2,
          new Examples(List.of("proof"), List.of(FakeImages.of("circuit"))),
          new Examples(List.of("poem"), List.of()));

  private final FakeEmbeddings embeddings = new FakeEmbeddings("parcel", "proof", "poem");
  private final FakeImages images = new FakeImages("receipt", "circuit", "icon");
  private final Ports ports = Ports.none().withEmbeddings(embeddings).withImages(images);

  private static EmbeddingRule rule(String name, Modality modality, String candidate) {
    return new EmbeddingRule(
        name, modality, 0.6, List.of(candidate), Aggregation.BLEND, Optional.empty());
  }

  private static Facts showing(String text, String... shown) {
    List<Image> all = Arrays.stream(shown).map(FakeImages::of).toList();
    return Facts.of(Conversation.of(Message.showing(text, all)));
  }

  private SignalHits compared(Ports asked, Facts facts) {
    List<EmbeddingRule> rules = List.of(RECEIPT, PARCEL);
    EmbeddingSettings settings = new EmbeddingSettings(PrototypeScoring.byDefault(), false, 0.5, 0);
    FamilyEvaluator evaluator =
        new EmbeddingRule.Evaluator(rules, settings, Compatibility.GATUN, asked);
    return run(Family.EMBEDDING, evaluator, rules, asked, facts);
  }

  private SignalHits judged(Ports asked, Facts facts, Complexity... rules) {
    FamilyEvaluator evaluator =
        new Complexity.Evaluator(
            List.of(rules), PrototypeScoring.byDefault(), Compatibility.GATUN, asked);
    return run(Family.COMPLEXITY, evaluator, List.of(rules), asked, facts);
  }

  private static SignalHits run(
      Family family,
      FamilyEvaluator evaluator,
      List<? extends SignalRule> rules,
      Ports ports,
      Facts facts) {
    SignalTable table =
        SignalTable.of(rules.stream().flatMap(rule -> rule.outputs().stream()).toList());
    SignalHits.Recorder recorder = new SignalHits.Recorder(table);
    RequestModels models = new RequestModels(ports);
    Asked asked = new Asked();
    asked.add(family, evaluator, facts);
    models.begin(asked);
    Ports until = models.until(0, Duration.ofSeconds(1));
    Answer<Coverage> answer = evaluator.evaluate(facts, until, recorder);
    recorder.ran(
        new FamilyRun(family, 1, answer.fold(_ -> Optional.empty(), Optional::of), Coverage.NONE));
    return recorder.finish();
  }

  private static List<String> names(SignalHits hits) {
    return hits.matched().stream().map(hit -> hit.key().name()).sorted().toList();
  }

  private static double value(SignalHits hits, String name) {
    return hits.value(new SignalKey(Family.COMPLEXITY, name));
  }

  @Test
  void anImageIsComparedWithTextsOfItsOwnModel() {
    SignalHits hits = compared(ports, showing("", "receipt"));
    assertEquals(List.of("receipt"), names(hits));
    assertEquals(List.of("shown in an image"), hits.matched().getFirst().evidence());
    assertEquals(List.of(List.of("receipt"), List.of("receipt")), images.texts().calls());
  }

  @Test
  void anImageMatchesNoRuleAboutTextsAndATextNoneAboutImages() {
    assertEquals(List.of(), names(compared(ports, showing("receipt"))));
    assertEquals(List.of(), names(compared(ports, showing("", "parcel"))));
    assertEquals(
        List.of("parcel", "receipt"), names(compared(ports, showing("parcel", "receipt"))));
    assertEquals(2, images.shown().size(), "asked only where there is one");
  }

  @Test
  void whatCannotBeSeenDegradesTheFamilyAndKeepsWhatTheTextSays() {
    images.texts().failing("blind");
    SignalHits hits = compared(ports, showing("parcel", "receipt"));
    assertEquals(List.of("parcel"), names(hits));
    assertEquals(Optional.of("blind"), hits.degraded().getFirst().degraded());
  }

  @Test
  void withoutAModelNothingIsCompared() {
    Ports blind = Ports.none().withEmbeddings(embeddings);
    SignalHits hits = compared(blind, showing("parcel", "receipt"));
    assertEquals(List.of("parcel"), names(hits));
    assertTrue(hits.degraded().isEmpty(), "it was started without");
    assertEquals(List.of("both:easy"), names(judged(blind, showing("poem", "circuit"), BOTH)));
  }

  @Test
  void theLargerMarginOfTextAndImageCounts() {
    SignalHits image = judged(ports, showing("proof poem", "circuit"), BOTH);
    assertEquals(List.of("both:hard"), names(image));
    assertEquals(1, value(image, "both:image_margin"), 1e-2);
    assertEquals(0, value(image, "both:text_margin"), 1e-2);
    assertEquals(value(image, "both:image_margin"), value(image, "both:margin"));
    SignalHits text = judged(ports, showing("poem", "circuit icon"), BOTH);
    assertEquals(List.of("both:easy"), names(text));
  }

  @Test
  void withoutAnImageTheTextLiesAmongImagesToo() {
    SignalHits hits = judged(ports, showing("draw a circuit"), BOTH);
    assertEquals(List.of("both:hard"), names(hits));
    assertEquals(1, value(hits, "both:image_hard_score"), 1e-2);
    assertEquals(2, images.shown().size(), "the examples");
    assertEquals(List.of("draw a circuit"), images.texts().calls().getLast(), "asked once");
    assertEquals(3, images.texts().calls().size());
  }

  @Test
  void anImageAloneIsJudged() {
    SignalHits hits = judged(ports, showing("", "icon"), BOTH);
    assertEquals(List.of("both:easy"), names(hits));
    assertEquals(List.of(List.of("proof", "poem")), embeddings.calls(), "no text was there");
  }

  @Test
  void imagesOfOneSideAloneSayNothing() {
    SignalHits hits = judged(ports, showing("poem", "circuit"), HALF);
    assertEquals(List.of("half:easy"), names(hits));
    assertTrue(Double.isNaN(value(hits, "half:image_margin")));
    assertEquals(List.of(), images.shown());
  }

  @Test
  void imagesThatCannotBeComparedLeaveWhatTheTextSays() {
    images.texts().failing("blind");
    SignalHits hits = judged(ports, showing("poem", "circuit"), BOTH);
    assertEquals(List.of("both:easy"), names(hits));
    assertEquals(Optional.of("blind"), hits.degraded().getFirst().degraded());
  }
}
