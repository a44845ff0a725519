package dev.gatun.bench.jmh;

import dev.gatun.router.signal.ContextSize;
import dev.gatun.router.signal.Event;
import dev.gatun.router.signal.Keyword;
import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.SignalRule;
import dev.gatun.router.signal.Structure;
import dev.gatun.router.text.Fuzziness;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rules and prompts to measure with; the same in every run. */
final class SampleRules {
  private static final String PROSE =
      """
      We run a small booking service for mountain huts and want to move its nightly reports off \
      the main database. At present a scheduled job locks three tables for about twenty minutes, \
      during which customers see spinning wheels and, on bad nights, plain timeouts. I have read \
      about replicas, change streams and column stores, yet every article assumes a team of ten. \
      There are two of us. Please compare the options with respect to effort, cost per month and \
      what happens when a node dies, then propose a plan that we could finish within six weeks. \
      Assume PostgreSQL 16, roughly 40 GB of data, and a growth of 2 GB each month; reads outweigh \
      writes nine to one. Our accountant needs exact figures before the fifth working day, so a \
      delay of an hour is fine but a wrong total is not. Last year somebody tried to solve this \
      with triggers and the result was slower than before, so I am wary of clever tricks. \
      Explain which indexes the reports should have, whether partitions by season would help, and \
      how we can prove that nothing was lost on the way. If you think that we should leave things \
      as they are, say so and give your reasons. Do not write code yet; a table with one row per \
      option would be welcome, followed by the questions you would ask us first. Also mention how \
      to watch the lag, who should be woken up, and what may safely wait until the morning.\
      """;

  private static final List<String> WORDS =
      List.of(
          "contract clause liability analysis compliance memo regulatory exposure indemnity lawsuit"
              .split(" "));
  private static final List<String> MORE =
      List.of(
          "architecture service queue schema latency deploy cluster verify source citation history"
              .split(" "));
  private static final String HAN = "核实一下给出处这是真的吗请核验来源合同条款合规分析法律风险";

  private SampleRules() {}

  /** Prose of so many characters. */
  static String prompt(int characters) {
    return PROSE.repeat(characters / PROSE.length() + 1).substring(0, characters);
  }

  /** Literals, relevance, forms of text, sizes and events. */
  static List<SignalRule> recipe() {
    SplittableRandom random = new SplittableRandom(1);
    List<SignalRule> rules = new ArrayList<>();
    Keyword.Method literal = new Keyword.AsText(false, new Fuzziness.Exact());
    for (int r = 0; r < 9; r++) {
      rules.add(keyword("literal-" + r, phrases(random, 17), literal));
    }
    for (int r = 0; r < 7; r++) {
      rules.add(keyword("relevance-" + r, phrases(random, 14), new Keyword.ByRelevance(0.12)));
    }
    rules.addAll(structures());
    rules.add(new ContextSize("short", 0, 999));
    rules.add(new ContextSize("medium", 1_000, 7_999));
    rules.add(new ContextSize("long", 8_000, 256_000));
    List<Event.Severity> severities = List.of(Event.Severity.CRITICAL, Event.Severity.HIGH);
    rules.add(
        new Event(
            "outage",
            List.of("outage", "incident"),
            severities,
            List.of("page"),
            true,
            Event.DEFAULT_WINDOW));
    return rules;
  }

  private static List<SignalRule> structures() {
    Predicate sparse =
        new Predicate(Optional.empty(), Optional.of(new Predicate.Bound(0.05, false)));
    Predicate dense =
        new Predicate(Optional.of(new Predicate.Bound(0.08, false)), Optional.empty());
    List<String> limits =
        List.of("under", "at most", "at least", "within", "no more than", "不超过", "至少", "最多");
    List<String> formats = List.of("table", "bullet", "json", "markdown", "表格", "列表", "JSON");
    List<List<String>> order =
        List.of(List.of("first", "then"), List.of("first", "next", "finally"), List.of("先", "再"));
    return List.of(
        structure("steps", Structure.Measure.EXISTS, matches("(?m)^\\s*\\d+\\.\\s+"), null),
        structure("questions", Structure.Measure.DENSITY, matches("[?？]"), sparse),
        structure("emphasis", Structure.Measure.COUNT, matches("[!！]"), dense),
        structure("limits", Structure.Measure.DENSITY, words(limits), dense),
        structure("formats", Structure.Measure.DENSITY, words(formats), dense),
        structure("flow", Structure.Measure.SEQUENCE, sequences(order), null),
        structure("workflow", Structure.Measure.SEQUENCE, sequences(order), null));
  }

  /** Keywords that are also found when they are only nearly there. */
  static List<SignalRule> nearness() {
    SplittableRandom random = new SplittableRandom(2);
    Keyword.Method fuzzy = new Keyword.AsText(false, new Fuzziness.Edits(1));
    Keyword.Method ngrams = new Keyword.ByNgrams(0.4, 3, false);
    return List.of(
        keyword("fuzzy-0", phrases(random, 14), fuzzy),
        keyword("fuzzy-1", phrases(random, 14), fuzzy),
        keyword("ngram-0", phrases(random, 14), ngrams),
        keyword("ngram-1", phrases(random, 14), ngrams));
  }

  /** 100 rules of 100 keywords, of which every fourth has two words, and 20 of 10 patterns. */
  static List<SignalRule> many() {
    SplittableRandom random = new SplittableRandom(3);
    List<SignalRule> rules = new ArrayList<>();
    for (int r = 0; r < 100; r++) {
      List<String> keywords =
          IntStream.range(0, 100)
              .mapToObj(i -> letters(random) + (i % 4 == 0 ? " " + MORE.get(i % 11) : ""))
              .toList();
      rules.add(
          keyword("literal-" + r, keywords, new Keyword.AsText(false, new Fuzziness.Exact())));
    }
    for (int r = 0; r < 20; r++) {
      List<String> patterns = IntStream.range(0, 10).mapToObj(i -> pattern(i, random)).toList();
      rules.add(
          keyword("pattern-" + r, patterns, new Keyword.AsPattern(false, new Fuzziness.Exact())));
    }
    return rules;
  }

  /** Every tenth has no word that must occur; every tenth has one that the prompt has. */
  private static String pattern(int index, SplittableRandom random) {
    String word = letters(random);
    return switch (index) {
      case 0 -> "\\b[A-Z]{2}\\d{6}\\b";
      case 1 -> "reports\\s+" + word;
      case 2, 3, 4 -> "\\b" + word + "\\s+(?:error|failure)\\b";
      case 5, 6 -> word + "-\\d{4,6}";
      default -> "\\b(?:" + word + "|un" + word + ")\\w*\\b";
    };
  }

  private static List<String> phrases(SplittableRandom random, int count) {
    return IntStream.range(0, count).mapToObj(i -> phrase(random, i)).toList();
  }

  private static String phrase(SplittableRandom random, int index) {
    if (index % 5 == 4) {
      int from = random.nextInt(HAN.length() - 4);
      return HAN.substring(from, from + 4);
    }
    return WORDS.get(random.nextInt(WORDS.size())) + " " + MORE.get(random.nextInt(MORE.size()));
  }

  private static String letters(SplittableRandom random) {
    StringBuilder letters = new StringBuilder();
    for (int i = 5 + random.nextInt(9); i > 0; i--) {
      letters.append((char) ('a' + random.nextInt(26)));
    }
    return letters.toString();
  }

  private static Keyword keyword(String name, List<String> keywords, Keyword.Method method) {
    return new Keyword(name, Keyword.Operator.OR, keywords, method);
  }

  private static Structure structure(
      String name,
      Structure.Measure measure,
      Structure.Source source,
      @Nullable Predicate predicate) {
    return new Structure(name, measure, source, Optional.ofNullable(predicate));
  }

  private static Structure.Source matches(String regex) {
    return new Structure.Matches(regex, false);
  }

  private static Structure.Source words(List<String> words) {
    return new Structure.Keywords(words, false);
  }

  private static Structure.Source sequences(List<List<String>> markers) {
    return new Structure.Sequences(markers, false);
  }
}
