package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.Keyword;
import dev.gatun.router.signal.Keyword.Method;
import dev.gatun.router.signal.Keyword.Operator;
import dev.gatun.router.text.Bm25;
import dev.gatun.router.text.Fuzziness;
import dev.gatun.router.text.Pattern;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads {@code routing.signals.keywords}. */
final class KeywordDecoder {
  static final int EDITS_DEFAULT = 2;
  private static final double BM25_THRESHOLD_DEFAULT = 0.1;
  private static final double NGRAM_THRESHOLD_DEFAULT = 0.4;
  private static final int NGRAM_ARITY_DEFAULT = 3;
  private static final int NGRAM_ARITY_MIN = 2;

  /** Numbers above this are a similarity in percent. */
  static final int EDITS_MAX = 5;

  private final boolean isUpstream;

  /** A decoder; upstream takes no edits at all for a number of edits that is not written. */
  KeywordDecoder(Compatibility compatibility) {
    isUpstream = compatibility == Compatibility.UPSTREAM_0_3;
  }

  List<Keyword> keywords(Section signals) {
    List<Keyword> keywords = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections("keywords")) {
      Optional<String> name = RuleNames.unchecked(section, names, "keyword rule");
      Optional<Operator> operator = section.word("operator").map(Operator::valueOf);
      if (section.isUnwritten("operator")) {
        section.atStart(
            "operator",
            "keyword rule \"" + name.orElse("") + "\" does not say how keywords combine",
            "write operator: OR, AND or NOR");
      }
      List<String> words = words(section);
      Method method = method(section);
      boolean works = !(method instanceof Keyword.AsPattern) || arePatterns(section);
      if (name.isPresent() && operator.isPresent() && !words.isEmpty() && works) {
        keywords.add(new Keyword(name.get(), operator.get(), words, method));
      }
    }
    return keywords;
  }

  private static List<String> words(Section section) {
    List<String> words = section.texts("keywords");
    boolean isList = section.value("keywords").map(Node.Sequence.class::isInstance).orElse(true);
    if (words.isEmpty() && isList) {
      section.atStart("keywords", "a keyword rule needs keywords", "list at least one");
    }
    if (words.stream().anyMatch(String::isBlank)) {
      section.warning(
          "keywords",
          "a keyword is blank and matches every text that has it",
          "remove it, or write rules: {} for a decision that always holds");
    }
    return words;
  }

  private Method method(Section section) {
    boolean caseSensitive = section.flag("case_sensitive", false);
    return switch (section.word("method").orElse("literal")) {
      case "regex" -> new Keyword.AsPattern(caseSensitive, fuzziness(section, false));
      case "bm25" -> {
        checkTerms(section);
        yield new Keyword.ByRelevance(threshold(section, "bm25_threshold", BM25_THRESHOLD_DEFAULT));
      }
      case "ngram" ->
          new Keyword.ByNgrams(
              threshold(section, "ngram_threshold", NGRAM_THRESHOLD_DEFAULT),
              arity(section.integer("ngram_arity")),
              caseSensitive);
      case "fuzzy" -> new Keyword.AsText(caseSensitive, fuzziness(section, true));
      default -> new Keyword.AsText(caseSensitive, fuzziness(section, false));
    };
  }

  /** A threshold of 0 would hold for every text, so it is one that is not written. */
  private static double threshold(Section section, String key, double otherwise) {
    double written = section.real(key).orElse(otherwise);
    return written == 0 ? otherwise : written;
  }

  private static int arity(OptionalInt written) {
    int arity = written.orElse(NGRAM_ARITY_DEFAULT);
    return arity == 0 ? NGRAM_ARITY_DEFAULT : Math.max(arity, NGRAM_ARITY_MIN);
  }

  private Fuzziness fuzziness(Section section, boolean always) {
    if (!always && !section.flag("fuzzy_match", false)) {
      return new Fuzziness.Exact();
    }
    int threshold = section.integer("fuzzy_threshold").orElse(EDITS_DEFAULT);
    if (isUpstream) {
      return new Fuzziness.Edits(threshold == 0 ? EDITS_DEFAULT : threshold);
    }
    return threshold <= EDITS_MAX
        ? new Fuzziness.Edits(threshold)
        : new Fuzziness.Similarity(threshold);
  }

  /** Whether every keyword is a pattern; the others are reported. */
  private static boolean arePatterns(Section section) {
    boolean all = true;
    for (Node.Scalar scalar : section.scalars("keywords")) {
      try {
        Pattern.compile(scalar.text(), section.flag("case_sensitive", false));
      } catch (IllegalArgumentException e) {
        all = false;
        String reason = String.valueOf(e.getMessage());
        section
            .report()
            .atStart(
                scalar.position(),
                section.path() + ".keywords",
                scalar.secret() ? "the pattern cannot be used" : reason,
                "write a pattern in RE2 syntax");
      }
    }
    return all;
  }

  private static void checkTerms(Section section) {
    for (Node.Scalar scalar : section.scalars("keywords")) {
      if (Bm25.isEmpty(scalar.text())) {
        section
            .report()
            .error(
                scalar.position(),
                section.path() + ".keywords",
                "\""
                    + scalar.shown()
                    + "\" has only words that bm25 leaves out, so it can never match",
                "add a meaningful word, or use method: literal");
      }
    }
  }
}
