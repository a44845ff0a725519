package dev.gatun.router.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.text.LiteralAutomaton.Literal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tartarus.snowball.ext.EnglishStemmer;

/** What is fast finds the same as what is plain. */
class SearchTest {
  private static final long SEED = 20_261_122;
  private static final List<String> WORDS =
      List.of(
          "refund",
          "refunds",
          "order",
          "ORDER-123456",
          "Kelvin",
          "\u212Aelvin",
          "\u017Ftop",
          "stop",
          "\u0130s",
          "\u0131s",
          "is",
          "\u1E9Ee",
          "1.",
          "2)",
          "table",
          "drop",
          "😀",
          "a",
          "ab",
          "kill",
          "退款",
          "申请",
          "x_y",
          "running",
          "dying");

  private static RandomGenerator random() {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
  }

  private static String text(RandomGenerator random, int words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(WORDS.get(random.nextInt(WORDS.size())));
      text.append(List.of(" ", "", "\n", ", ").get(random.nextInt(4)));
    }
    return text.toString();
  }

  @Test
  void keywordsFarFromTheRootAreFoundToo() {
    RandomGenerator random = random();
    List<Literal> literals = new ArrayList<>();
    for (int id = 0; id < 4000; id++) {
      StringBuilder keyword = new StringBuilder();
      for (int i = random.nextInt(2, 14); i > 0; i--) {
        keyword.append((char) random.nextInt('a', 'z' + 1));
      }
      literals.add(new Literal(id, keyword.toString(), random.nextBoolean()));
    }
    LiteralAutomaton automaton = new LiteralAutomaton(literals, true, WordClass.UNICODE);
    for (int run = 0; run < 20; run++) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 60; i++) {
        String keyword = literals.get(random.nextInt(literals.size())).text();
        int cut = random.nextInt(keyword.length() + 1);
        text.append(random.nextBoolean() ? keyword.toUpperCase(java.util.Locale.ROOT) : keyword);
        text.append(keyword, 0, cut)
            .append(random.nextBoolean() ? " " : random.nextBoolean() ? "é" : "");
      }
      BitSet found = new BitSet();
      automaton.find(text.toString(), found);
      BitSet expected = new BitSet();
      literals.stream().filter(l -> occurs(l, text.toString())).forEach(l -> expected.set(l.id()));
      assertEquals(expected, found, "seed " + SEED + ", text " + text);
    }
  }

  private static boolean occurs(Literal literal, String text) {
    String folded = new String(CaseFolding.fold(text));
    for (int at = folded.indexOf(literal.text()); at >= 0; ) {
      int end = at + literal.text().length();
      if (!literal.bounded()
          || (WordClass.UNICODE.isBoundary(text, at) && WordClass.UNICODE.isBoundary(text, end))) {
        return true;
      }
      at = folded.indexOf(literal.text(), at + 1);
    }
    return false;
  }

  @Test
  void whatAPatternRequiresIsThereWhereverItOccurs() {
    RandomGenerator random = random();
    int occurred = 0;
    for (int run = 0; run < 6000; run++) {
      String regex = regex(random, 3);
      boolean sensitive = random.nextBoolean();
      Pattern pattern = Pattern.compile(regex, sensitive);
      com.google.re2j.Pattern plain =
          com.google.re2j.Pattern.compile(
              regex, sensitive ? 0 : com.google.re2j.Pattern.CASE_INSENSITIVE);
      String text = text(random, 6);
      boolean occurs = plain.matcher(text).find();
      String why = "seed " + SEED + ", pattern " + regex + ", text " + text;
      assertEquals(occurs, pattern.occursIn(text), why);
      String folded = new String(CaseFolding.fold(text));
      if (occurs) {
        occurred++;
        assertTrue(
            pattern.requiredWords().stream()
                .allMatch(any -> any.stream().anyMatch(folded::contains)),
            why);
      } else {
        assertEquals(0, pattern.count(text), why);
      }
    }
    assertTrue(occurred > 500 && occurred < 5500, "too few of both kinds: " + occurred);
  }

  private static String regex(RandomGenerator random, int depth) {
    StringBuilder regex = new StringBuilder();
    for (int parts = random.nextInt(1, 4); parts > 0; parts--) {
      regex.append(part(random, depth));
      String repeat =
          List.of("", "", "", "?", "*", "+", "{2}", "{0,3}", "{1,}", "+?").get(random.nextInt(10));
      regex.append(repeat);
    }
    return regex.toString();
  }

  private static String part(RandomGenerator random, int depth) {
    if (depth > 0 && random.nextInt(4) == 0) {
      String open =
          List.of("(", "(?:", "(?i:", "(?P<n" + random.nextInt(1_000_000) + ">")
              .get(random.nextInt(4));
      String first = regex(random, depth - 1);
      return open + first + (random.nextBoolean() ? "|" + regex(random, depth - 1) : "") + ")";
    }
    return switch (random.nextInt(12)) {
      case 0 -> "(?:" + List.of("\\b", "^", "$", "\\B").get(random.nextInt(4)) + ")";
      case 1 -> "\\d";
      case 2 -> "\\s";
      case 3 -> "[a-z]";
      case 4 -> "[^a-m\\]]";
      case 5 -> ".";
      case 6 -> "[[:alpha:]_]";
      case 7 -> "\\Q1.\\E";
      case 8 -> "(?:\\p{L}|\\x{1F600})";
      default -> "(?:" + quoted(WORDS.get(random.nextInt(WORDS.size()))) + ")";
    };
  }

  private static String quoted(String word) {
    return word.codePoints()
        .mapToObj(
            c -> (Character.isLetterOrDigit(c) || c >= 0x80 ? "" : "\\") + Character.toString(c))
        .reduce("", String::concat);
  }

  @Test
  void patternsSayWhatTheyRequire() {
    assertEquals(
        List.of(List.of("refund", "chargeback"), List.of("zebra")),
        Pattern.compile("\\b(refund|chargeback)\\s+Zebra\\b", false).requiredWords());
    assertEquals(List.of(), Pattern.compile("(?:refund)?x|y", false).requiredWords());
    assertEquals(List.of(List.of("order-")), Pattern.compile("order-\\d{6}", true).requiredWords());
    assertEquals(3, Required.by("(?m)^\\s*\\d+\\.\\s+").run().size());
    assertFalse(Required.by("\\d+\\.\\s").runOccursIn("in 2024, then. 3 of"));
  }

  @Test
  void theBeginningOfAWordTellsWhetherItsStemIsKnown() {
    RandomGenerator random = random();
    List<String> endings =
        List.of(
            "", "s", "es", "ies", "ied", "ed", "ing", "ying", "ly", "y", "ies", "ational", "eed",
            "edly", "ingly", "fulness", "ization", "al", "e", "li", "ogist", "ement", "sses", "ous",
            "ive");
    List<String> words =
        new ArrayList<>(
            List.of(
                "dying", "lying", "tying", "skis", "skies", "idly", "gently", "ugly", "early",
                "only", "singly", "using", "aging", "being", "tied", "cries", "owed", "eyed", "yes",
                "gas", "this"));
    for (int i = 0; i < 60_000; i++) {
      StringBuilder word = new StringBuilder();
      for (int n = random.nextInt(1, 5); n > 0; n--) {
        word.append((char) random.nextInt('a', 'z' + 1));
      }
      words.add(word + endings.get(random.nextInt(endings.size())));
    }
    EnglishStemmer stemmer = new EnglishStemmer();
    for (String word : words) {
      stemmer.setCurrent(word);
      stemmer.stem();
      String stem = stemmer.getCurrent();
      assertTrue(
          new Vocabulary(List.of(stem)).mayHaveStemOf(word.toCharArray(), 0, word.length()),
          word + " to " + stem);
    }
    assertFalse(new Vocabulary(List.of("legal")).mayHaveStemOf("lemon".toCharArray(), 0, 5));
  }

  @Test
  void relevanceIsWhatItsDefinitionSays() {
    RandomGenerator random = random();
    for (int run = 0; run < 300; run++) {
      List<String> documents = IntStream.range(0, 5).mapToObj(_ -> text(random, 3)).toList();
      String query = text(random, 12);
      Map<Integer, Double> expected = scores(documents, query);
      Map<Integer, Double> found = new LinkedHashMap<>();
      new Bm25(documents).search(query).forEach(hit -> found.put(hit.document(), hit.score()));
      assertEquals(expected, found, "seed " + SEED + ", query " + query);
      Bm25 other = new Bm25(List.of(text(random, 4)));
      Bm25 index = new Bm25(documents);
      assertEquals(
          index.search(query), index.search(Bm25.Query.reader(List.of(other, index)).read(query)));
    }
  }

  private static Map<Integer, Double> scores(List<String> documents, String query) {
    List<Map<String, Integer>> counts = documents.stream().map(Terms::of).toList();
    double average =
        counts.stream().mapToInt(c -> c.values().stream().mapToInt(n -> n).sum()).sum()
            / (double) documents.size();
    Map<Integer, Double> scores = new HashMap<>();
    Terms.of(query)
        .forEach((term, times) -> {
          long n = counts.stream().filter(c -> c.containsKey(term)).count();
          double idf = Math.log(1 + (documents.size() - n + 0.5) / (n + 0.5));
          for (int d = 0; d < documents.size(); d++) {
            int f = counts.get(d).getOrDefault(term, 0);
            int length = counts.get(d).values().stream().mapToInt(x -> x).sum();
            if (f > 0) {
              double part = f * (1.2 + 1) / (f + 1.2 * (1 - 0.75 + 0.75 * length / average));
              scores.merge(d, Math.min(times, 8) * idf * part, Double::sum);
            }
          }
        });
    return scores;
  }

  @Test
  void similarityIsWhatItsDefinitionSays() {
    RandomGenerator random = random();
    for (int run = 0; run < 300; run++) {
      List<String> keywords =
          IntStream.range(0, 12).mapToObj(_ -> text(random, 1).strip()).toList();
      String text = text(random, 8);
      int arity = random.nextInt(2, 5);
      double threshold = random.nextInt(11) / 10.0;
      boolean sensitive = random.nextBoolean();
      assertArrayEquals(
          similarities(keywords, text, arity, threshold, sensitive),
          new Ngrams(keywords, arity, sensitive).similarities(text, threshold),
          "seed " + SEED + ", keywords " + keywords + ", text " + text);
    }
  }

  private static double[] similarities(
      List<String> keywords, String text, int arity, double threshold, boolean sensitive) {
    double[] found = new double[keywords.size()];
    Arrays.fill(found, Double.NaN);
    List<String> probes = new ArrayList<>(List.of(text.split("[^\\p{IsAlphabetic}\\p{N}_-]+")));
    probes.removeIf(String::isEmpty);
    for (int p = 0; p <= probes.size(); p++) {
      if (p == probes.size() && Arrays.stream(found).noneMatch(Double::isNaN)) {
        break;
      }
      List<String> probe = grams(p < probes.size() ? probes.get(p) : text, arity, sensitive);
      double[] now = new double[found.length];
      for (int k = 0; k < now.length; k++) {
        List<String> rest = new ArrayList<>(probe);
        List<String> grams = grams(keywords.get(k), arity, sensitive);
        double shared = grams.stream().filter(rest::remove).count();
        double all = grams.size() + probe.size() - shared;
        now[k] = (all * all - (all - shared) * (all - shared)) / (all * all);
      }
      IntStream.range(0, now.length)
          .filter(k -> now[k] >= threshold)
          .boxed()
          .sorted(Comparator.comparingDouble((Integer k) -> now[k]).reversed())
          .limit(10)
          .filter(k -> Double.isNaN(found[k]))
          .forEach(k -> found[k] = now[k]);
    }
    return found;
  }

  private static List<String> grams(String text, int arity, boolean sensitive) {
    String padding = " ".repeat(arity - 1);
    String folded = sensitive ? text : text.toLowerCase(java.util.Locale.ROOT);
    int[] characters = (padding + folded + padding).codePoints().toArray();
    return IntStream.rangeClosed(0, characters.length - arity)
        .mapToObj(i -> new String(characters, i, arity))
        .toList();
  }

  @Test
  void nearnessIsTheDistanceOfWords() {
    RandomGenerator random = random();
    for (int run = 0; run < 2000; run++) {
      String text = text(random, 5);
      String keyword = WORDS.get(random.nextInt(WORDS.size())) + (random.nextBoolean() ? "q" : "");
      int edits = random.nextInt(4);
      boolean expected =
          Words.lowerCase(text).stream()
              .anyMatch(word -> Levenshtein.distance(word, LowerCase.of(keyword)) <= edits);
      FuzzyText.Keyword prepared = new FuzzyText.Keyword(keyword, new Fuzziness.Edits(edits));
      assertEquals(expected, new FuzzyText(text).isNear(prepared, false), keyword + " in " + text);
    }
  }
}
