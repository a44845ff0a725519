package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.FakeEmbeddings;
import dev.gatun.router.port.Ports;
import dev.gatun.router.signal.EmbeddingRule.Aggregation;
import dev.gatun.router.signal.EmbeddingRule.Modality;
import dev.gatun.router.signal.SignalHits.Hit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The families that compare sentence vectors, each with the semantics of its own. */
class ComparisonTest {
  private static final Compatibility GATUN = Compatibility.GATUN;
  private static final Compatibility UPSTREAM = Compatibility.UPSTREAM_0_3;

  private final FakeEmbeddings embeddings =
      new FakeEmbeddings("refund", "parcel", "poem", "proof", "integral");

  @Test
  void aRuleHoldsForTextsLikeItsCandidates() {
    SignalHits hits = embedding(settings(1, true), GATUN, "refund refund parcel", MONEY, VERSE);
    assertEquals(List.of("money"), names(hits, Family.EMBEDDING));
    assertEquals(value(hits, Family.EMBEDDING, "money"), confidence(hits, MONEY.key()), 1e-12);
    assertEquals(1, value(hits, Family.EMBEDDING, "verse:prototype_count"));
  }

  @Test
  void belowEveryThresholdTheNearMatchesCountUnlessSwitchedOff() {
    EmbeddingRule strict = rule("strict", 0.99, Aggregation.BLEND, "refund");
    SignalHits soft = embedding(settings(1, true), GATUN, "refund parcel", strict);
    assertEquals(List.of("strict"), names(soft, Family.EMBEDDING));
    assertFalse(soft.matched().getFirst().evidence().isEmpty());
    assertTrue(soft.matched().getFirst().soft());
    SignalHits off = embedding(settings(1, false), GATUN, "refund parcel", strict);
    assertTrue(off.matched().isEmpty());
    SignalHits beside = embedding(settings(0, true), GATUN, "refund parcel", strict, PARCEL);
    assertEquals(List.of("parcel"), names(beside, Family.EMBEDDING));
  }

  @Test
  void aggregationsDiffer() {
    String[] candidates = {"refund", "parcel", "poem"};
    double best = scoreOf(Aggregation.BEST, candidates);
    double blend = scoreOf(Aggregation.BLEND, candidates);
    double mean = scoreOf(Aggregation.MEAN, candidates);
    assertEquals(1, best, 1e-6);
    assertEquals(0.75 + 0.25 * 0.5, blend, 1e-5);
    assertEquals(1 / 3.0, mean, 1e-5);
  }

  @Test
  void theSupportOfAMeanIsTheMean() {
    String[] candidates = {"refund", "parcel", "poem"};
    EmbeddingRule rule = rule("r", 0, Aggregation.MEAN, candidates);
    SignalHits hits = embedding(settings(1, true), GATUN, "refund", rule);
    assertEquals(
        value(hits, Family.EMBEDDING, "r"), value(hits, Family.EMBEDDING, "r:support"), 1e-12);
    assertEquals(0.75 + 0.25 * 0.5, value(hits, Family.EMBEDDING, "r:blend"), 1e-5);
  }

  private double scoreOf(Aggregation aggregation, String... candidates) {
    EmbeddingRule rule = rule("r", 0, aggregation, candidates);
    return value(embedding(settings(1, true), GATUN, "refund", rule), Family.EMBEDDING, "r");
  }

  @Test
  void aMarginIsAskedForBetweenTheBestAndTheSecond() {
    PrototypeScoring scoring = new PrototypeScoring(true, 0.9, 8, 0.75, 2, 0.2);
    EmbeddingSettings settings = new EmbeddingSettings(scoring, true, 0.5, 0);
    assertTrue(embedding(settings, GATUN, "refund parcel", MONEY, PARCEL).matched().isEmpty());
    assertFalse(embedding(settings, UPSTREAM, "refund parcel", MONEY, PARCEL).matched().isEmpty());
    assertFalse(embedding(settings, GATUN, "refund parcel", MONEY).matched().isEmpty());
  }

  @Test
  void aCalibrationMakesTheConfidence() {
    EmbeddingRule rule =
        new EmbeddingRule(
            "r",
            Modality.TEXT,
            0.5,
            List.of("refund"),
            Aggregation.BLEND,
            Optional.of(new Calibration(8, 1)));
    SignalHits hits = embedding(settings(1, true), GATUN, "refund", rule);
    assertEquals(0.5, confidence(hits, rule.key()), 1e-5);
  }

  @Test
  void upstreamDropsByNameWhatWeKeepForCoverage() {
    FakeEmbeddings words = new FakeEmbeddings("a", "b", "c");
    List<String> texts = List.of("a", "a a a b", "c");
    List<PrototypeBank.Example> examples = new ArrayList<>();
    for (String text : texts) {
      words
          .embed(List.of(text))
          .map(v -> examples.add(new PrototypeBank.Example(text, text, v.getFirst())));
    }
    PrototypeScoring two = new PrototypeScoring(true, 0.99, 2, 0.75, 2, 0);
    assertEquals(List.of("a", "a a a b"), kept(PrototypeBank.of(examples, two, UPSTREAM)));
    assertEquals(List.of("a", "c"), kept(PrototypeBank.of(examples, two, GATUN)));
    assertEquals(List.of("a", "c"), kept(PrototypeBank.of(examples.reversed(), two, GATUN)));
  }

  private static List<String> kept(PrototypeBank bank) {
    return bank.prototypes().stream().map(p -> p.example().text()).toList();
  }

  @Test
  void reasksStopAtTheFirstTurnThatBreaksTheStreak() {
    Reask once = new Reask("once", 0.8, 1);
    Reask twice = new Reask("twice", 0.9, 2);
    Reask.Evaluator evaluator = new Reask.Evaluator(List.of(once, twice), Compatibility.GATUN);
    Facts facts = turns("poem", "parcel", "refund", "refund parcel", "refund");
    SignalHits hits = run(evaluator, List.of(once, twice), facts);
    assertTrue(hits.matched().isEmpty());
    assertFalse(embeddings.calls().toString().contains("poem"));
    facts = turns("parcel", "refund refund", "refund", "refund");
    hits = run(evaluator, List.of(once, twice), facts);
    assertEquals(List.of("twice"), names(hits, Family.REASK));
    assertEquals(2, value(hits, Family.REASK, "twice"));
  }

  private static Complexity.Examples texts(String... texts) {
    return new Complexity.Examples(List.of(texts), List.of());
  }

  @Test
  void complexityComparesBothSides() {
    Complexity rule = new Complexity("c", 0.2, texts("proof"), texts("poem"));
    SignalHits hard = complexity(GATUN, "proof", rule);
    assertEquals(List.of("c:hard"), names(hard, Family.COMPLEXITY));
    assertEquals(1, value(hard, Family.COMPLEXITY, "c:margin"), 1e-3);
    assertEquals(List.of("c:easy"), names(complexity(GATUN, "poem", rule), Family.COMPLEXITY));
    SignalHits medium = complexity(GATUN, "proof poem", rule);
    assertEquals(1, confidence(medium, rule.output(Complexity.Difficulty.MEDIUM)), 1e-3);
    medium = complexity(UPSTREAM, "proof poem", rule);
    assertEquals(0, confidence(medium, rule.output(Complexity.Difficulty.MEDIUM)), 1e-3);
  }

  @Test
  void onePreferenceWins() {
    Preference verse = new Preference("verse", "poem", List.of(), 0);
    Preference maths = new Preference("maths", "", List.of("proof", "integral"), 0);
    SignalHits hits = preference(0, GATUN, "proof integral", verse, maths);
    assertEquals(List.of("maths"), names(hits, Family.PREFERENCE));
    assertTrue(value(hits, Family.PREFERENCE, "maths:margin") > 0.5);
    Preference strict = new Preference("strict", "", List.of("proof"), 0.9);
    assertTrue(preference(0, GATUN, "proof integral", strict).matched().isEmpty());
  }

  @Test
  void aLonePreferenceHasNoRivalToBeatByAMargin() {
    Preference verse = new Preference("verse", "poem", List.of(), 0);
    assertEquals(1, preference(0.1, GATUN, "poem", verse).matched().size());
    assertTrue(preference(0.1, UPSTREAM, "poem", verse).matched().isEmpty());
  }

  @Test
  void aKnowledgeBaseIsAskedForLabelsAndGroups() {
    KbRule label = kbRule("label", false, "math", false);
    KbRule group = kbRule("group", true, "science", false);
    KbRule best = kbRule("best", true, "both", true);
    KbRule arts = kbRule("arts", true, "arts", true);
    SignalHits hits = kb(GATUN, base(Map.of()), "proof", label, group, best, arts);
    assertEquals(List.of("label", "group", "best"), names(hits, Family.KB));
    SignalKey margin = SignalKey.kbMetric("KB", "science_vs_arts");
    assertEquals(1, hits.values().get(margin), 1e-3);
    // Upstream names one of the groups that share the winning label.
    SignalHits upstream = kb(UPSTREAM, base(Map.of()), "proof", best);
    assertEquals(List.of("best"), names(upstream, Family.KB));
    KbRule science = kbRule("science", true, "science", true);
    assertTrue(kb(UPSTREAM, base(Map.of()), "proof", science).matched().isEmpty());
    assertFalse(kb(GATUN, base(Map.of()), "proof", science).matched().isEmpty());
  }

  @Test
  void ofGroupsThatShareTheWinningLabelTheOneDeclaredFirstIsNamed() {
    KbRule best = kbRule("best", true, "both", true);
    SignalHits hits = kb(GATUN, base(Map.of()), "proof", best);
    assertEquals(List.of("math", "group science"), hits.matched().getFirst().evidence());
    SignalHits upstream = kb(UPSTREAM, base(Map.of()), "proof", best);
    assertEquals(List.of("math", "group both"), upstream.matched().getFirst().evidence());
  }

  @Test
  void aLabelHasAThresholdOfItsOwn() {
    KbRule label = kbRule("label", false, "math", false);
    assertTrue(kb(GATUN, base(Map.of("math", 0.99)), "proof poem", label).matched().isEmpty());
    assertFalse(kb(GATUN, base(Map.of()), "proof poem", label).matched().isEmpty());
  }

  @Test
  void examplesAreEmbeddedOnceAtStartInOneCall() {
    embedding(settings(1, true), GATUN, "refund", MONEY, VERSE);
    assertEquals(List.of(List.of("refund", "poem"), List.of("refund")), embeddings.calls());
  }

  @Test
  void examplesWaitForAModelThatIsLoadedLaterAndAreTriedAgain() {
    FakeEmbeddings lazy = new FakeEmbeddings("refund").notLoaded();
    EmbeddingRule.Evaluator evaluator =
        new EmbeddingRule.Evaluator(List.of(MONEY), settings(1, true), GATUN, asking(lazy));
    assertTrue(lazy.calls().isEmpty());
    SignalHits.Recorder recorder = new SignalHits.Recorder(SignalTable.of(List.of(MONEY.key())));
    lazy.failing("no memory");
    Answer<Coverage> failed = evaluator.evaluate(turns("refund"), asking(lazy), recorder);
    assertEquals("no memory", assertInstanceOf(Answer.Failed.class, failed).reason());
    lazy.healed();
    assertInstanceOf(
        Answer.Known.class, evaluator.evaluate(turns("refund"), asking(lazy), recorder));
  }

  @Test
  void examplesThatAreLeftOutAreNamed() {
    PrototypeScoring one = new PrototypeScoring(true, 0.9, 1, 0.75, 2, 0);
    EmbeddingRule rule = rule("r", 0.5, Aggregation.BLEND, "refund", "poem");
    List<String> notices =
        new EmbeddingRule.Evaluator(
                List.of(rule), new EmbeddingSettings(one, true, 0.5, 1), GATUN, asking(embeddings))
            .notices();
    assertEquals(1, notices.size());
    assertTrue(notices.getFirst().contains("r: max_prototypes is 1"));
  }

  private static final EmbeddingRule MONEY = rule("money", 0.6, Aggregation.BLEND, "refund");
  private static final EmbeddingRule PARCEL = rule("parcel", 0.6, Aggregation.BLEND, "parcel");
  private static final EmbeddingRule VERSE = rule("verse", 0.6, Aggregation.BLEND, "poem");

  private static EmbeddingRule rule(
      String name, double threshold, Aggregation aggregation, String... candidates) {
    return new EmbeddingRule(
        name, Modality.TEXT, threshold, List.of(candidates), aggregation, Optional.empty());
  }

  private static EmbeddingSettings settings(int topK, boolean soft) {
    return new EmbeddingSettings(PrototypeScoring.byDefault(), soft, 0.5, topK);
  }

  private SignalHits embedding(
      EmbeddingSettings settings,
      Compatibility compatibility,
      String text,
      EmbeddingRule... rules) {
    List<EmbeddingRule> all = List.of(rules);
    return run(
        new EmbeddingRule.Evaluator(all, settings, compatibility, asking(embeddings)),
        all,
        turns(text));
  }

  private SignalHits complexity(Compatibility compatibility, String text, Complexity... rules) {
    List<Complexity> all = List.of(rules);
    return run(
        new Complexity.Evaluator(
            all,
            PrototypeScoring.byDefault(),
            compatibility,
            Ports.none().withEmbeddings(embeddings)),
        all,
        turns(text));
  }

  private SignalHits preference(
      double margin, Compatibility compatibility, String text, Preference... rules) {
    PrototypeScoring scoring = new PrototypeScoring(true, 0.9, 8, 0.75, 2, margin);
    List<Preference> all = List.of(rules);
    return run(new Preference.Evaluator(all, scoring, compatibility, embeddings), all, turns(text));
  }

  private SignalHits kb(
      Compatibility compatibility, KnowledgeBase base, String text, KbRule... rules) {
    List<KbRule> all = List.of(rules);
    return run(
        new KbRule.Evaluator(all, List.of(base), compatibility, embeddings), all, turns(text));
  }

  private static KbRule kbRule(String name, boolean group, String target, boolean best) {
    return new KbRule(name, "KB", group, target, best, Optional.empty());
  }

  private static KnowledgeBase base(Map<String, Double> thresholds) {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    groups.put("science", List.of("math"));
    groups.put("both", List.of("math"));
    groups.put("arts", List.of("verse"));
    return new KnowledgeBase(
        "KB",
        0.5,
        thresholds,
        groups,
        List.of(new KnowledgeBase.Metric("science_vs_arts", "science", "arts")),
        PrototypeScoring.byDefault(),
        Map.of("math", List.of("proof"), "verse", List.of("poem")));
  }

  private SignalHits run(FamilyEvaluator evaluator, List<? extends SignalRule> rules, Facts facts) {
    List<SignalKey> keys = rules.stream().flatMap(r -> r.outputs().stream()).toList();
    SignalHits.Recorder recorder = new SignalHits.Recorder(SignalTable.of(keys));
    assertInstanceOf(Answer.Known.class, evaluator.evaluate(facts, asking(embeddings), recorder));
    return recorder.finish();
  }

  private static Ports asking(Embeddings vectors) {
    return Ports.none().withEmbeddings(vectors);
  }

  private static Facts turns(String... texts) {
    return Facts.of(
        Conversation.of(
            Arrays.stream(texts).map(t -> Message.of(Role.USER, t)).toArray(Message[]::new)));
  }

  private static List<String> names(SignalHits hits, Family family) {
    return hits.matched(family).stream().map(Hit::key).map(SignalKey::name).toList();
  }

  private static double value(SignalHits hits, Family family, String name) {
    return hits.values().getOrDefault(new SignalKey(family, name), Double.NaN);
  }

  private static double confidence(SignalHits hits, SignalKey key) {
    return hits.confidence(key).orElse(Double.NaN);
  }
}
