package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.ConfigDecoder;
import dev.gatun.router.config.DecodeOptions;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Identity;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.pii.Mention;
import dev.gatun.router.pipeline.RouteRequest;
import dev.gatun.router.pipeline.Routed;
import dev.gatun.router.pipeline.Router;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.Mentions;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import dev.gatun.server.config.YamlReader;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What was said of an earlier turn is not asked again, and never said of anything else. */
class TurnCacheTest {
  private static final String RULES =
      """
      routing:
        signals:
          jailbreak: [{name: guard, include_history: true}]
          pii: [{name: any, include_history: true}]
          reasks: [{name: again, threshold: 0.9}]
        decisions:
          - name: d
            rules:
              operator: OR
              conditions:
                - {type: jailbreak, name: guard}
                - {type: pii, name: any}
                - {type: reask, name: again}
      """;

  private final List<String> classified = new ArrayList<>();
  private final List<String> embedded = new ArrayList<>();
  private final List<String> searched = new ArrayList<>();
  private String failing = "none";

  private final Encoders classifiers =
      new Encoders() {
        @Override
        public List<String> labels(TextTask task) {
          return List.of("benign", "jailbreak");
        }

        @Override
        public Answer<Map<TextTask, Distribution>> classify(String text, Set<TextTask> tasks) {
          classified.add(text);
          if (text.contains(failing)) {
            return Answer.failed("unreadable");
          }
          Map<TextTask, Distribution> all = new EnumMap<>(TextTask.class);
          tasks.forEach(task ->
              all.put(task, new Distribution(labels(task), List.of(0.2, 0.8), new Coverage(3, 3))));
          return Answer.of(all);
        }
      };

  private final Ports ports =
      Ports.none()
          .withEncoders(classifiers)
          .withEmbeddings(texts -> {
            embedded.addAll(texts);
            return Answer.of(
                texts.stream()
                    .map(text -> Embedding.of(new float[] {1, 0}, new Coverage(3, 3)))
                    .toList());
          })
          .withMentions(text -> {
            searched.add(text);
            Mention mention =
                new Mention(0, text.length(), "PERSON", 0.9, 0.9, Mention.Evidence.MODEL);
            return Answer.of(new Mentions.Found(List.of(mention), new Coverage(3, 3)));
          });

  private static TurnCache.Versions versions(String digest) {
    return new TurnCache.Versions(task -> digest, digest, digest, digest);
  }

  private static Conversation conversation(String... turns) {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < turns.length; i++) {
      messages.add(Message.of(i % 2 == 0 ? Role.USER : Role.ASSISTANT, turns[i]));
    }
    return new Conversation(messages, List.of());
  }

  private static Routed route(Ports ports, String user, String... turns) {
    return new Router(config(), ports)
        .route(
            new RouteRequest(
                conversation(turns), new Identity(user, List.of()), "MoM", "r", false));
  }

  private static RouterConfig config() {
    Node root = YamlReader.read("config.yaml", RULES).root().orElseThrow();
    return ConfigDecoder.decode(root, DecodeOptions.lenient()).config().orElseThrow();
  }

  private List<String> asked() {
    List<String> all = new ArrayList<>();
    all.addAll(classified);
    all.addAll(searched);
    all.addAll(embedded);
    classified.clear();
    searched.clear();
    embedded.clear();
    return all;
  }

  /** What matched and how surely; where it stands differs with the turns. */
  private static List<String> said(Routed routed) {
    return routed.signals().matched().stream()
        .map(hit -> hit.key() + " " + hit.confidence())
        .toList();
  }

  @Test
  void onlyTheNewTurnsOfAConversationAreScored() {
    Ports kept = new TurnCache(1 << 20).over(ports, versions("m1"));
    Routed first = route(kept, "ann", "one");
    assertEquals(List.of("one", "one"), asked());
    Routed second = route(kept, "ann", "one", "two", "three");
    // Guard and personal data, and the vectors, of which the first turn needed none.
    assertEquals(List.of("three", "two", "three", "two", "three", "one"), asked());
    assertEquals(said(first).subList(0, 2), said(second).subList(0, 2));
    Routed again = route(kept, "ann", "one", "two", "three");
    assertEquals(List.of(), asked());
    assertEquals(second.signals().matched(), again.signals().matched());
    assertEquals(
        second.signals().runs().stream().map(run -> run.coverage()).toList(),
        again.signals().runs().stream().map(run -> run.coverage()).toList());
    route(kept, "ann", "one", "two", "three", "four", "five");
    assertEquals(List.of("five", "four", "five", "four", "five"), asked());
  }

  @Test
  void anotherModelIsAskedAnew() {
    TurnCache cache = new TurnCache(1 << 20);
    route(cache.over(ports, versions("m1")), "ann", "one");
    asked();
    route(cache.over(ports, versions("m2")), "ann", "one");
    assertEquals(List.of("one", "one"), asked());
    route(cache.over(ports, versions("m1")), "ann", "one");
    assertEquals(List.of(), asked());
  }

  @Test
  void nobodyLearnsWhatAnotherHasAsked() {
    Ports kept = new TurnCache(1 << 20).over(ports, versions("m1"));
    route(kept, "ann", "one");
    asked();
    route(kept, "bob", "one");
    assertEquals(List.of("one", "one"), asked());
    assertNotEquals(
        new Identity("", List.of("a")).tenant(), new Identity("groups a", List.of()).tenant());
  }

  @Test
  void aFailureIsNotKept() {
    failing = "one";
    Encoders kept = new TurnCache(1 << 20).over(ports, versions("m1")).encoders();
    assertInstanceOf(Answer.Failed.class, kept.classify("one", TextTask.JAILBREAK));
    failing = "none";
    assertInstanceOf(Answer.Known.class, kept.classify("one", TextTask.JAILBREAK));
    assertEquals(List.of("one", "one"), classified);
  }

  @Test
  void tasksOfATextAreKeptOneByOne() {
    Encoders kept = new TurnCache(1 << 20).over(ports, versions("m1")).encoders();
    kept.classify("one", Set.of(TextTask.JAILBREAK, TextTask.DOMAIN));
    kept.classify("one", TextTask.DOMAIN);
    assertEquals(1, classified.size());
    Answer<Map<TextTask, Distribution>> both =
        kept.classify("one", Set.of(TextTask.DOMAIN, TextTask.MODALITY));
    assertEquals(2, classified.size());
    assertEquals(Set.of(TextTask.DOMAIN, TextTask.MODALITY), both.fold(Map::keySet, _ -> Set.of()));
  }

  @Test
  void theBytesAreBoundedAndWhatIsUsedOftenStays() {
    TurnCache cache = new TurnCache(2_000);
    Encoders kept = cache.over(ports, versions("m1")).encoders();
    for (int i = 0; i < 50; i++) {
      kept.classify("often", TextTask.JAILBREAK);
      kept.classify("once " + i, TextTask.JAILBREAK);
      assertTrue(cache.bytes() <= 2_000, "bytes " + cache.bytes());
    }
    assertTrue(cache.bytes() > 1_000, "bytes " + cache.bytes());
    assertEquals(new TurnCache.Figures(49, 51, cache.bytes()), cache.figures());
    assertEquals(1, classified.stream().filter("often"::equals).count());
    classified.clear();
    for (int i = 0; i < 50; i++) {
      kept.classify("once " + i, TextTask.JAILBREAK);
    }
    assertTrue(classified.size() > 40, "most of them are forgotten: " + classified.size());
  }

  @Test
  void ofNoBytesNothingIsKept() {
    Encoders kept = new TurnCache(0).over(ports, versions("m1")).encoders();
    kept.classify("one", TextTask.JAILBREAK);
    kept.classify("one", TextTask.JAILBREAK);
    assertEquals(2, classified.size());
  }

  @Test
  void partsOfAKeyCannotRunIntoEachOther() {
    assertNotEquals(TurnCache.key("a", "b", "c", "d"), TurnCache.key("ab", "", "c", "d"));
    assertNotEquals(TurnCache.key("", "m", "pii", "x"), TurnCache.key("", "m", "piix", ""));
    assertEquals(TurnCache.key("", "m", "t", "ü"), TurnCache.key("", "m", "t", "ü"));
  }
}
