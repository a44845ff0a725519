package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Ports;
import dev.gatun.router.text.Bm25;
import dev.gatun.router.text.FoldableText;
import dev.gatun.router.text.Fuzziness;
import dev.gatun.router.text.FuzzyText;
import dev.gatun.router.text.LiteralAutomaton;
import dev.gatun.router.text.Ngrams;
import dev.gatun.router.text.Pattern;
import dev.gatun.router.text.WordClass;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A rule that looks for words: all of them, one of them, or none.
 *
 * @param name unique among keyword rules
 * @param keywords literals, or patterns when {@link #method} is {@link AsPattern}; not empty
 */
public record Keyword(String name, Operator operator, List<String> keywords, Method method)
    implements SignalRule {
  public Keyword {
    keywords = List.copyOf(keywords);
    if (keywords.isEmpty()) {
      throw new IllegalArgumentException("a keyword rule needs at least one keyword");
    }
  }

  /** How the keywords combine. */
  public enum Operator {
    AND,
    OR,
    NOR
  }

  /** How a keyword is compared with the text. */
  public sealed interface Method {}

  /** As text. Letters and digits match whole words only. */
  public record AsText(boolean caseSensitive, Fuzziness fuzziness) implements Method {}

  /** As a pattern in RE2 syntax. */
  public record AsPattern(boolean caseSensitive, Fuzziness fuzziness) implements Method {}

  /**
   * By relevance: every keyword is a document, the text is the query.
   *
   * @param threshold least score
   */
  public record ByRelevance(double threshold) implements Method {}

  /**
   * By shared runs of characters.
   *
   * @param threshold least similarity, 0 to 1
   * @param arity characters per run, at least 2
   */
  public record ByNgrams(double threshold, int arity, boolean caseSensitive) implements Method {}

  public static Keyword literal(String name, Operator operator, String... keywords) {
    Method method = new AsText(false, new Fuzziness.Exact());
    return new Keyword(name, operator, List.of(keywords), method);
  }

  @Override
  public Family family() {
    return Family.KEYWORD;
  }

  public SignalKey key() {
    return new SignalKey(Family.KEYWORD, name);
  }

  /** All keyword rules of a configuration, compiled together. Immutable and safe to share. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<Rule> rules;
    private final Compatibility compatibility;
    private final LiteralAutomaton caseSensitive;
    private final LiteralAutomaton caseIgnored;
    private final Bm25.Reader reader;

    /**
     * Compiles the rules.
     *
     * @throws IllegalArgumentException when a pattern is malformed; the message says why
     */
    public Evaluator(List<Keyword> keywords, Compatibility compatibility) {
      this.compatibility = compatibility;
      Compiler compiler = new Compiler(compatibility);
      rules = keywords.stream().map(compiler::compile).toList();
      caseSensitive = new LiteralAutomaton(compiler.caseSensitive, false, compiler.words);
      caseIgnored = new LiteralAutomaton(compiler.caseIgnored, true, compiler.words);
      reader = Bm25.Query.reader(compiler.indexes);
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      for (SignalHits.Hit hit : evaluate(facts.evaluationText())) {
        recorder.match(hit.key(), hit.confidence(), hit.evidence());
      }
      return Answer.of(Coverage.NONE);
    }

    /**
     * The rules that match, in declaration order, with the keywords found; in {@code upstream-0.3}
     * only the first of them.
     */
    public List<SignalHits.Hit> evaluate(String text) {
      BitSet literals = new BitSet();
      caseSensitive.find(text, literals);
      caseIgnored.find(text, literals);
      Probe probe = new Probe(text, literals, reader);
      List<SignalHits.Hit> hits = new ArrayList<>();
      for (Rule rule : rules) {
        List<String> found = rule.finder.find(probe);
        if (rule.keyword.holds(found.size())) {
          hits.add(new SignalHits.Hit(rule.keyword.key(), 1.0, found));
          if (compatibility == Compatibility.UPSTREAM_0_3) {
            break;
          }
        }
      }
      return hits;
    }
  }

  private boolean holds(int found) {
    return switch (operator) {
      case AND -> found == keywords.size();
      case OR -> found > 0;
      case NOR -> found == 0;
    };
  }

  /** A text under evaluation, and what the literal automata found in it. For one thread. */
  private static final class Probe {
    private final FoldableText text;
    private final BitSet literals;
    private final FuzzyText fuzzy;
    private final Bm25.Reader reader;
    private Optional<Bm25.Query> query = Optional.empty();

    Probe(String text, BitSet literals, Bm25.Reader reader) {
      this.text = new FoldableText(text);
      this.literals = literals;
      this.fuzzy = new FuzzyText(text);
      this.reader = reader;
    }

    /** The text as a query, read once for all rules. */
    Bm25.Query query() {
      if (query.isEmpty()) {
        query = Optional.of(reader.read(text.text()));
      }
      return query.get();
    }
  }

  /**
   * A pattern, and the literals without which it does not occur.
   *
   * @param required of every list one
   */
  private record Guarded(Pattern pattern, List<BitSet> required) {
    boolean occursIn(Probe probe) {
      for (BitSet any : required) {
        if (!any.intersects(probe.literals)) {
          return false;
        }
      }
      return pattern.occursIn(probe.text);
    }
  }

  /** Tells which keywords of one rule a text has. */
  private interface Finder {
    List<String> find(Probe probe);
  }

  private record Rule(Keyword keyword, Finder finder) {}

  /** Turns rules into finders and collects their literals for the automata. */
  private static final class Compiler {
    private final boolean upstream;
    private final WordClass words;
    private final List<LiteralAutomaton.Literal> caseSensitive = new ArrayList<>();
    private final List<LiteralAutomaton.Literal> caseIgnored = new ArrayList<>();
    private final List<Bm25> indexes = new ArrayList<>();
    private int nextId;

    Compiler(Compatibility compatibility) {
      upstream = compatibility == Compatibility.UPSTREAM_0_3;
      words = upstream ? WordClass.ASCII : WordClass.UNICODE;
    }

    Rule compile(Keyword keyword) {
      Finder finder =
          switch (keyword.method) {
            case AsText(boolean sensitive, Fuzziness fuzziness) ->
                literals(keyword, sensitive ? caseSensitive : caseIgnored, fuzziness);
            case AsPattern(boolean sensitive, Fuzziness fuzziness) ->
                patterns(keyword, sensitive, fuzziness);
            case ByRelevance(double threshold) -> {
              Bm25 index = new Bm25(keyword.keywords);
              indexes.add(index);
              yield relevance(keyword, index, threshold);
            }
            case ByNgrams(double threshold, int arity, boolean sensitive) ->
                ngrams(keyword, new Ngrams(keyword.keywords, arity, sensitive), threshold);
          };
      return new Rule(keyword, finder);
    }

    private Finder literals(
        Keyword keyword, List<LiteralAutomaton.Literal> into, Fuzziness fuzziness) {
      int firstId = nextId;
      for (String text : keyword.keywords) {
        // The empty text is everywhere; the id is used up so that ids and keywords run in step.
        int id = nextId++;
        if (!text.isEmpty()) {
          into.add(new LiteralAutomaton.Literal(id, text, WordClass.isBounded(text)));
        }
      }
      return each(
          keyword,
          (probe, i) -> keyword.keywords.get(i).isEmpty() || probe.literals.get(firstId + i),
          fuzziness);
    }

    private Finder patterns(Keyword keyword, boolean sensitive, Fuzziness fuzziness) {
      List<Guarded> compiled =
          keyword.keywords.stream()
              .map(regex -> guarded(Pattern.compile(regex, sensitive)))
              .toList();
      return each(keyword, (probe, i) -> compiled.get(i).occursIn(probe), fuzziness);
    }

    private Guarded guarded(Pattern pattern) {
      List<BitSet> required = new ArrayList<>();
      for (List<String> words : pattern.requiredWords()) {
        BitSet ids = new BitSet();
        for (String word : words) {
          caseIgnored.add(new LiteralAutomaton.Literal(nextId, word, false));
          ids.set(nextId++);
        }
        required.add(ids);
      }
      return new Guarded(pattern, required);
    }

    /** Tells whether a text has the keyword of an index. */
    private interface Test {
      boolean test(Probe probe, int keyword);
    }

    /** The keywords found as they are, and those found nearly, marked as such. */
    private Finder each(Keyword keyword, Test isFound, Fuzziness fuzziness) {
      boolean isExact = fuzziness instanceof Fuzziness.Exact;
      List<FuzzyText.Keyword> fuzzy =
          isExact
              ? List.of()
              : keyword.keywords.stream()
                  .map(text -> new FuzzyText.Keyword(text, fuzziness))
                  .toList();
      return probe -> {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < keyword.keywords.size(); i++) {
          if (isFound.test(probe, i)) {
            found.add(keyword.keywords.get(i));
          } else if (!isExact && probe.fuzzy.isNear(fuzzy.get(i), !upstream)) {
            found.add(keyword.keywords.get(i) + " (fuzzy)");
          }
        }
        return found;
      };
    }

    /**
     * Best first. Among equals an AND, which needs all, keeps the order of the text; otherwise the
     * longest stands first, which says most.
     */
    private static Finder relevance(Keyword keyword, Bm25 index, double threshold) {
      Comparator<Bm25.Hit> order = Comparator.comparingDouble(Bm25.Hit::score).reversed();
      Comparator<Bm25.Hit> ties =
          Comparator.<Bm25.Hit>comparingInt(hit -> -keyword.keywords.get(hit.document()).length())
              .thenComparingInt(Bm25.Hit::document);
      return probe ->
          index.search(probe.query()).stream()
              .filter(hit -> hit.score() >= threshold)
              .sorted(keyword.operator == Operator.AND ? order : order.thenComparing(ties))
              .map(hit -> keyword.keywords.get(hit.document()))
              .toList();
    }

    private static Finder ngrams(Keyword keyword, Ngrams index, double threshold) {
      return probe -> {
        double[] similarities = index.similarities(probe.text.text(), threshold);
        return IntStream.range(0, similarities.length)
            .filter(i -> similarities[i] >= threshold)
            .mapToObj(keyword.keywords::get)
            .toList();
      };
    }
  }
}
