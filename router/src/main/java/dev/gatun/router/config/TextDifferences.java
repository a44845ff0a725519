package dev.gatun.router.config;

import dev.gatun.router.config.SemanticDifferences.Rules;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Language;
import dev.gatun.router.signal.Preference;
import dev.gatun.router.text.FuzzyText;
import dev.gatun.router.text.WordClass;
import java.util.List;
import java.util.function.Consumer;

/** Finds rules about words, languages and preferences that the other semantics judges otherwise. */
final class TextDifferences {
  private final ReadProfile profile;
  private final Rules rules;
  private final Consumer<SemanticDifference> found;

  private TextDifferences(ReadProfile profile, Rules rules, Consumer<SemanticDifference> found) {
    this.profile = profile;
    this.rules = rules;
    this.found = found;
  }

  static void of(ReadProfile profile, Rules rules, Consumer<SemanticDifference> found) {
    TextDifferences differences = new TextDifferences(profile, rules, found);
    differences.keywords();
    differences.languages();
    differences.preferences();
  }

  private void add(Section rule, String point, String ours, String upstream) {
    found.accept(new SemanticDifference(rule.position(), rule.path(), point, ours, upstream));
  }

  private void keywords() {
    List<Section> keywords = rules.of(Family.KEYWORD);
    for (int i = 0; i < keywords.size(); i++) {
      Section rule = keywords.get(i);
      if (i > 0) {
        add(
            rule,
            "keyword matches",
            "holds whenever it matches",
            "holds only when no rule above it matches");
      }
      String method = rule.word("method").orElse("literal");
      if (method.equals("literal") || method.equals("fuzzy")) {
        borders(rule);
      }
      boolean mayBeFuzzy = method.equals("literal") || method.equals("regex");
      if (method.equals("fuzzy") || (mayBeFuzzy && rule.flag("fuzzy_match", false))) {
        fuzzy(rule);
      }
    }
  }

  /** Whether a keyword begins or ends with a letter that is none for upstream. */
  private void borders(Section rule) {
    List<String> outside =
        rule.texts("keywords").stream()
            .filter(WordClass::isBounded)
            .filter(word ->
                isOther(word.codePointAt(0)) || isOther(word.codePointBefore(word.length())))
            .toList();
    if (!outside.isEmpty()) {
      add(
          rule,
          "word boundaries",
          "letters of any script make up words, also in " + String.join(", ", outside),
          "words have letters of ASCII only: what begins or ends with others is not found as one");
    }
  }

  private static boolean isOther(int codePoint) {
    return Character.isLetterOrDigit(codePoint) && !WordClass.ASCII.isWord(codePoint);
  }

  private void fuzzy(Section rule) {
    int threshold = rule.integer("fuzzy_threshold").orElse(KeywordDecoder.EDITS_DEFAULT);
    if (threshold > KeywordDecoder.EDITS_MAX) {
      add(
          rule,
          "fuzzy_threshold",
          threshold + " percent of a keyword must agree",
          "a word may differ from a keyword by " + threshold + " edits");
    } else if (threshold == 0) {
      add(
          rule,
          "fuzzy_threshold",
          "no edit is allowed",
          KeywordDecoder.EDITS_DEFAULT + " edits are allowed");
    }
    if (rule.texts("keywords").stream().anyMatch(FuzzyText::hasSeveralWords)) {
      add(
          rule,
          "fuzzy windows",
          "a keyword of several words is compared with as many words",
          "a keyword of several words is compared with single words");
    }
  }

  private void languages() {
    List<Section> languages = rules.of(Family.LANGUAGE);
    double least =
        languages.stream()
            .mapToDouble(rule -> rule.real("threshold").orElse(0))
            .filter(threshold -> threshold > 0)
            .min()
            .orElse(Language.THRESHOLD_DEFAULT);
    for (Section rule : languages) {
      add(
          rule,
          "language text",
          "reads what the user says, with turns before where that is short",
          "reads the last turn, or the system and the assistant where the user says nothing");
      double ours = rule.real("threshold").orElse(Language.THRESHOLD_DEFAULT);
      double theirs = Math.max(least, rule.real("threshold").orElse(0));
      if (ours != theirs) {
        add(
            rule,
            "language thresholds",
            "holds from " + ours,
            "holds from " + theirs + ", the lowest threshold of all rules");
      }
      if (rule.text("name").orElse("").equals("en")) {
        add(
            rule,
            "language fallback",
            "does not hold when no language is recognised",
            "holds with 0.5 when no language is recognised");
      }
    }
  }

  private void preferences() {
    if (!(profile.config().global().comparison().preference()
        instanceof Preference.Chooser.Likeness likeness)) {
      return;
    }
    List<Section> preferences = rules.of(Family.PREFERENCE);
    if (preferences.size() == 1 && likeness.scoring().marginThreshold() > 0) {
      add(
          preferences.getFirst(),
          "lone preference",
          "has no other to be better than, and no margin to keep",
          "has a margin of 0, so it never matches");
    }
  }
}
