package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Documents;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.model.Audio;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Image;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.pipeline.Outcome;
import dev.gatun.router.pipeline.RouteRequest;
import dev.gatun.router.pipeline.Routed;
import dev.gatun.router.pipeline.Router;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.LanguageModel.Chat;
import dev.gatun.router.port.LanguageModel.Limits;
import dev.gatun.router.port.Languages;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.Tasks;
import dev.gatun.router.port.TextTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Deadlines of families, and what becomes of a request when one is missed. */
class FailurePolicyTest {
  private static final String RULES =
      """
      routing:
        signals:
          jailbreak: [{name: usual}, {name: lax, on_error: no_match}]
          keywords: [{name: greeting, operator: OR, keywords: [hello]}]
          fact_check: [{name: needs_fact_check}]
          language: [{name: en}]
        decisions:
          - name: d
            rules:
              operator: OR
              conditions:
                - {type: jailbreak, name: usual}
                - {type: keyword, name: greeting}
                - {type: fact_check, name: needs_fact_check}
                - {type: language, name: en}
      """;

  private final FakeClassifiers classifiers =
      new FakeClassifiers()
          .say(TextTask.JAILBREAK, "", 0.1, 0.9)
          .say(TextTask.FACT_CHECK, "", 0.1, 0.9);
  private final Slow slow = new Slow();
  private final Ports ports =
      Ports.none()
          .withEncoders(classifiers)
          .withLanguages(_ -> Answer.of(Distribution.of(List.of("en"), List.of(1.0))))
          .withTasks(slow);

  /** Work that is done when it is told to; until then every wait ends without an answer. */
  private static final class Slow implements Tasks {
    private final List<Runnable> waiting = new ArrayList<>();
    private final List<Duration> waits = new ArrayList<>();
    private int dropped;

    void finish() {
      List.copyOf(waiting).forEach(Runnable::run);
    }

    @Override
    public <T> Pending<T> begin(Supplier<Answer<T>> work) {
      List<Answer<T>> done = new ArrayList<>();
      waiting.add(() -> done.add(work.get()));
      return new Pending<>() {
        @Override
        public Optional<Answer<T>> await(long nanos) {
          waits.add(Duration.ofNanos(nanos));
          return done.stream().findFirst();
        }

        @Override
        public void drop() {
          dropped++;
        }
      };
    }
  }

  @Test
  void whoMissesItsDeadlineHasFailedAndEverythingElseGoesOn() {
    Routed routed = route("deadline: 300ms");
    assertEquals(
        List.of(
            "fact_check no answer within 300 ms",
            "jailbreak no answer within 300 ms",
            "language no answer within 300 ms"),
        degraded(routed));
    assertEquals(List.of("usual", "greeting"), names(routed));
    assertEquals(List.of("could not be judged"), routed.signals().matched().getFirst().evidence());
    assertInstanceOf(Outcome.NoModel.class, routed.outcome());
  }

  @Test
  void whoCanAnswerAtOnceStandsInForWhoIsLate() {
    Languages quick =
        new Languages() {
          @Override
          public Answer<Distribution> detect(String text) {
            throw new AssertionError("nobody finishes this");
          }

          @Override
          public Optional<Distribution> atOnce(String text) {
            return Optional.of(Distribution.of(List.of("en"), List.of(0.8)));
          }
        };
    Routed routed =
        new Router(config("deadline: 300ms"), ports.withLanguages(quick)).route(REQUEST);
    assertEquals(
        List.of("fact_check no answer within 300 ms", "jailbreak no answer within 300 ms"),
        degraded(routed));
    assertTrue(names(routed).contains("en"), names(routed).toString());
  }

  @Test
  void anAnswerThatComesLateGoesNowhere() {
    Routed routed = route("deadline: 300ms");
    List<String> before = names(routed);
    assertEquals(slow.waiting.size(), slow.dropped);
    slow.finish();
    assertEquals(before, names(routed));
    assertTrue(routed.signals().values().isEmpty(), routed.signals().values().toString());
  }

  @Test
  void everyFamilyWaitsAsLongAsItsOwnDeadlineSays() {
    route("deadline: 2s, families: {jailbreak: {deadline: 40ms}, language: {on_failure: open}}");
    assertEquals(
        List.of(Duration.ofSeconds(2), Duration.ofMillis(40), Duration.ofSeconds(2)), slow.waits);
  }

  @Test
  void anAnswerIsLateByWhenItCameWhoeverWaitedForItBefore() {
    AtomicLong now = new AtomicLong(Long.MAX_VALUE);
    Tasks eager =
        new Tasks() {
          @Override
          public <T> Pending<T> begin(Supplier<Answer<T>> work) {
            Answer<T> done = work.get();
            return new Pending<>() {
              @Override
              public Optional<Answer<T>> await(long nanos) {
                return Optional.of(done);
              }

              @Override
              public void drop() {}
            };
          }
        };
    Ports timed =
        ports
            .withTasks(eager)
            .withTicker(now::get)
            .withLanguages(_ -> {
              now.addAndGet(Duration.ofMillis(50).toNanos());
              return Answer.of(Distribution.of(List.of("en"), List.of(1.0)));
            });
    String policy = "families: {language: {deadline: %s, on_failure: closed}}";
    Outcome.Refused refused =
        assertInstanceOf(
            Outcome.Refused.class,
            new Router(config(policy.formatted("49ms")), timed).route(REQUEST).outcome());
    assertEquals("language signals failed: no answer within 49 ms", refused.reason());
    assertInstanceOf(
        Outcome.NoModel.class,
        new Router(config(policy.formatted("50ms")), timed).route(REQUEST).outcome());
  }

  @Test
  void aFamilyThatFailsOpenFindsNothingWhateverItsRulesSay() {
    Routed routed = route("on_failure: open");
    assertEquals(List.of("greeting"), names(routed));
    assertEquals(OnFailure.OPEN, routed.signals().degraded().getFirst().onFailure());
  }

  @Test
  void aFamilyThatFailsClosedRefusesTheRequest() {
    Routed language = route("families: {language: {on_failure: closed}}");
    assertEquals(
        "language signals failed: no answer within 10000 ms",
        assertInstanceOf(Outcome.Refused.class, language.outcome()).reason());
    Routed guard = route("families: {jailbreak: {on_failure: closed, deadline: 1s}}");
    assertEquals(
        "jailbreak:lax could not be judged: no answer within 1000 ms",
        assertInstanceOf(Outcome.Refused.class, guard.outcome()).reason());
  }

  @Test
  void matchesAndRunsStandInTheOrderOfFamiliesThoughCheapOnesAreAskedFirst() {
    Routed routed =
        new Router(config("deadline: 1s"), ports.withTasks(Tasks.byWaiting())).route(REQUEST);
    assertEquals(List.of("needs_fact_check", "usual", "lax", "greeting", "en"), names(routed));
    assertEquals(
        List.of(Family.FACT_CHECK, Family.JAILBREAK, Family.KEYWORD, Family.LANGUAGE),
        routed.signals().runs().stream().map(FamilyRun::family).toList());
    assertEquals(List.of("fact_check jailbreak: hello"), classifiers.asked());
  }

  @Test
  void everythingIsAskedBeforeAnybodyWaits() {
    Image image = new Image("png", "AAAA");
    Asked asked = new Asked();
    asked.classified.put("a", Set.of(TextTask.JAILBREAK));
    asked.classified.put("b", Set.of(TextTask.JAILBREAK));
    asked.embedded.addAll(List.of("a", "b"));
    asked.preferred.add("a");
    asked.searched.add("a");
    asked.told.add("b");
    asked.shown.add("a");
    asked.spoken.addAll(List.of(new Audio("wav", "AAAA"), new Audio("wav", "AAAA")));
    asked.seen.addAll(List.of(image, image));
    asked.pictured.add("a");
    asked.chats.addAll(List.of(chat("a"), chat("b"), chat("a")));
    new RequestModels(ports).begin(asked);
    assertEquals(11, slow.waiting.size());
    assertEquals(List.of(), slow.waits);
  }

  private static Chat chat(String text) {
    return new Chat(ModelRole.GUARDRAIL, List.of(Message.of(Role.USER, text)), Limits.byDefault());
  }

  @Test
  void coverageSaysHowMuchOfTheTextsWasRead() {
    Coverage some = new Coverage(30, 40).plus(new Coverage(10, 40));
    assertEquals(0.5, some.share());
    assertEquals(1, Coverage.NONE.share());
  }

  @Test
  void whatCannotFailHasNoPolicyAndNoDeadlineIsZero() {
    String keyword = problems("families: {keyword: {on_failure: open}}");
    assertTrue(keyword.contains("keyword"), keyword);
    String zero = problems("families: {pii: {deadline: 0s}}");
    assertTrue(zero.contains("ERROR") && zero.contains("more than 0"), zero);
    String word = problems("on_failure: shut");
    assertTrue(word.contains("ERROR") && word.contains("closed"), word);
    assertEquals("", problems("reuse_bytes_max: 0, deadline: 1m"));
  }

  private static final RouteRequest REQUEST =
      new RouteRequest(Conversation.ofUser("hello"), "MoM", "r", false);

  private Routed route(String signals) {
    return new Router(config(signals), ports).route(REQUEST);
  }

  private static RouterConfig config(String signals) {
    return Documents.config(document(signals));
  }

  private static String document(String signals) {
    return RULES + "global: {router: {signals: {" + signals + "}}}\n";
  }

  private static String problems(String signals) {
    Decoded decoded = Documents.decode(document(signals));
    return Documents.render(
        decoded.diagnostics().stream()
            .filter(diagnostic -> diagnostic.render().contains("global.router"))
            .toList());
  }

  private static List<String> names(Routed routed) {
    return routed.signals().matched().stream().map(hit -> hit.key().name()).toList();
  }

  private static List<String> degraded(Routed routed) {
    return routed.signals().degraded().stream()
        .map(run -> run.family().type() + " " + run.degraded().orElse(""))
        .toList();
  }
}
