package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.FakeEmbeddings;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Domains that are known by examples. */
class TaughtDomainsTest {
  private static final List<String> PARCELS =
      List.of(
          "my parcel is late",
          "late parcel again",
          "parcel lost",
          "where is the parcel",
          "parcel late and lost");
  private static final List<String> MONEY =
      List.of(
          "a refund please",
          "refund the price",
          "price too high refund",
          "my refund is late",
          "when will the refund come");

  private final FakeEmbeddings embeddings =
      new FakeEmbeddings("parcel", "late", "lost", "refund", "price", "weather");

  @Test
  void aTextBelongsToTheDomainWhoseExamplesItIsLike() {
    List<Domain> domains = List.of(taught("post", PARCELS), taught("money", MONEY));
    SignalHits hits = ask(domains, "the parcel is lost");
    assertEquals(List.of("domain:post"), keys(hits));
    assertEquals(List.of("examples"), hits.matched().getFirst().evidence());
    assertTrue(hits.confidence(domains.getFirst().key()).orElseThrow() > 0.5);
    assertTrue(hits.values().get(domains.getLast().key()) < 0.5);
    assertEquals(List.of("domain:money"), keys(ask(domains, "refund of the price")));
  }

  @Test
  void aTextUnlikeAllExamplesBelongsToNone() {
    List<Domain> domains = List.of(taught("post", PARCELS), taught("money", MONEY));
    assertEquals(List.of(), keys(ask(domains, "the weather")));
    assertEquals(List.of(), keys(ask(List.of(domains.getFirst()), "the weather")));
    assertEquals(List.of("domain:post"), keys(ask(List.of(domains.getFirst()), "lost parcel")));
  }

  @Test
  void itsProbabilityCountsForItsParent() {
    Domain parent = Domain.of("service");
    List<Domain> domains =
        List.of(
            parent,
            taught("post", PARCELS).partOf("service"),
            taught("money", MONEY).partOf("service"));
    SignalHits hits = ask(domains, "lost parcel");
    assertEquals(List.of("domain:post", "domain:service"), keys(hits));
    assertTrue(
        hits.confidence(parent.key()).orElseThrow()
            >= hits.confidence(domains.get(1).key()).orElseThrow());
  }

  @Test
  void theClassifierIsAskedOnlyForDomainsThatNeedIt() {
    Domain law = Domain.of("law");
    FakeClassifiers classifiers = new FakeClassifiers();
    ask(List.of(taught("post", PARCELS)), "lost parcel", classifiers);
    assertEquals(List.of(), classifiers.asked());
    ask(List.of(taught("post", PARCELS), law), "lost parcel", classifiers);
    assertEquals(1, classifiers.asked().size());
  }

  @Test
  void whatExamplesFindStaysWhenTheClassifierFails() {
    List<Domain> domains = List.of(taught("post", PARCELS), Domain.of("law"));
    SignalHits.Recorder recorder = recorder(domains);
    Answer<?> answer =
        evaluator(domains)
            .evaluate(facts("lost parcel"), Ports.none().withEmbeddings(embeddings), recorder);
    assertTrue(answer instanceof Answer.Failed);
    assertEquals(List.of("domain:post"), keys(recorder.finish()));
  }

  @Test
  void examplesNearerToAnotherDomainAreReported() {
    List<String> mixed = new ArrayList<>(MONEY.subList(0, 4));
    mixed.add("parcel lost late");
    List<String> notices =
        evaluator(List.of(taught("post", PARCELS), taught("money", mixed))).notices();
    assertEquals(
        List.of("domain money: 1 of its 5 examples are nearer to another domain"), notices);
  }

  /** Whatever the examples are: chances, and a threshold that nine of ten examples reach. */
  @Test
  void chancesAreChancesForAnyExamples() {
    long seed = 20261122;
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int round = 0; round < 50; round++) {
      Map<String, List<Embedding>> examples = new LinkedHashMap<>();
      int labels = 1 + random.nextInt(4);
      for (int label = 0; label < labels; label++) {
        List<Embedding> own = new ArrayList<>();
        int count = TaughtDomains.EXAMPLES_MIN + random.nextInt(10);
        for (int i = 0; i < count; i++) {
          own.add(vector(random));
        }
        examples.put("d" + label, own);
      }
      TaughtDomains taught = TaughtDomains.of(examples);
      Distribution found = taught.distribution(vector(random));
      double sum = found.probabilities().stream().mapToDouble(p -> p).sum();
      assertTrue(sum >= 0 && sum <= 1 + 1e-9, "seed " + seed + ", round " + round + ": " + sum);
      examples.forEach((name, own) -> {
        long reached = own.stream().filter(e -> leftOut(own, e) >= taught.threshold(name)).count();
        assertTrue(reached >= 0.9 * own.size() - 1e-9, name);
      });
    }
  }

  private static double leftOut(List<Embedding> own, Embedding example) {
    return example.cosine(Embedding.mean(own.stream().filter(e -> e != example).toList()));
  }

  private static Embedding vector(RandomGenerator random) {
    float[] components = new float[8];
    for (int i = 0; i < components.length; i++) {
      components[i] = (float) random.nextGaussian();
    }
    return Embedding.mean(List.of(Embedding.of(components, Coverage.NONE)));
  }

  private static Domain taught(String name, List<String> examples) {
    return Domain.of(name).taughtBy(examples);
  }

  private Domain.Evaluator evaluator(List<Domain> domains) {
    return new Domain.Evaluator(
        domains, DomainSettings.byDefault(), Compatibility.GATUN, embeddings);
  }

  private SignalHits ask(List<Domain> domains, String text) {
    return ask(domains, text, new FakeClassifiers());
  }

  private SignalHits ask(List<Domain> domains, String text, FakeClassifiers classifiers) {
    SignalHits.Recorder recorder = recorder(domains);
    Ports ports =
        Ports.none()
            .withEmbeddings(embeddings)
            .withEncoders(classifiers.say(TextTask.DOMAIN, "", 0.3, 0.3, 0.4));
    evaluator(domains).evaluate(facts(text), ports, recorder);
    return recorder.finish();
  }

  private static SignalHits.Recorder recorder(List<Domain> domains) {
    return new SignalHits.Recorder(SignalTable.of(domains.stream().map(Domain::key).toList()));
  }

  private static Facts facts(String text) {
    return Facts.of(Conversation.of(Message.of(Role.USER, text)));
  }

  private static List<String> keys(SignalHits hits) {
    return hits.matched().stream().map(hit -> hit.key().toString()).toList();
  }
}
