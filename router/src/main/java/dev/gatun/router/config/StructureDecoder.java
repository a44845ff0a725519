package dev.gatun.router.config;

import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.Structure;
import dev.gatun.router.signal.Structure.Measure;
import dev.gatun.router.signal.Structure.Source;
import dev.gatun.router.text.Pattern;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads {@code routing.signals.structure}. */
final class StructureDecoder {
  private static final int MARKERS_MIN = 2;

  private StructureDecoder() {}

  static List<Structure> structures(Section signals) {
    List<Structure> structures = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections("structure")) {
      Optional<String> name = RuleNames.next(section, names, "structure");
      Section feature = section.section("feature");
      Optional<Measure> measure = measure(section, feature);
      Optional<Source> source = source(feature);
      Optional<Predicate> predicate = PredicateDecoder.predicate(section);
      boolean fits =
          measure.isPresent()
              && source.isPresent()
              && fits(section, measure.get(), source.get(), predicate);
      if (name.isPresent() && fits) {
        structures.add(new Structure(name.get(), measure.get(), source.get(), predicate));
      }
    }
    return structures;
  }

  private static Optional<Measure> measure(Section rule, Section feature) {
    if (!rule.has("feature")) {
      rule.error("feature", "a structure rule needs a feature", "write feature: {type, source}");
    } else if (feature.isUnwritten("type")) {
      feature.error(
          "type", "the feature does not say what is taken", "write type: exists, count, density");
    } else if (!feature.has("source")) {
      feature.error(
          "source",
          "the feature does not say what is looked for",
          "write source: {type: regex, …}");
    }
    return feature.word("type").map(word -> Measure.valueOf(word.toUpperCase(Locale.ROOT)));
  }

  private static Optional<Source> source(Section feature) {
    Section source = feature.section("source");
    boolean caseSensitive = source.flag("case_sensitive", false);
    if (feature.has("source") && source.isUnwritten("type")) {
      source.error("type", "the source has no type", "write regex, keyword_set or sequence");
    }
    return switch (source.word("type").orElse("")) {
      case "regex" -> pattern(source, caseSensitive);
      case "keyword_set" -> keywords(source, caseSensitive);
      case "sequence" -> sequences(source, caseSensitive);
      default -> Optional.empty();
    };
  }

  private static Optional<Source> pattern(Section source, boolean caseSensitive) {
    Optional<String> regex = source.text("pattern");
    if (regex.isEmpty()) {
      source.error("pattern", "a regex source needs a pattern", "write a pattern in RE2 syntax");
      return Optional.empty();
    }
    try {
      Pattern.compile(regex.get(), caseSensitive);
      return Optional.of(new Structure.Matches(regex.get(), caseSensitive));
    } catch (IllegalArgumentException e) {
      source.atStart("pattern", String.valueOf(e.getMessage()), "write a pattern in RE2 syntax");
      return Optional.empty();
    }
  }

  private static Optional<Source> keywords(Section source, boolean caseSensitive) {
    List<String> keywords = source.texts("keywords");
    if (keywords.stream().allMatch(String::isEmpty)) {
      source.error("keywords", "a keyword_set source needs keywords", "list at least one");
      return Optional.empty();
    }
    return Optional.of(new Structure.Keywords(keywords, caseSensitive));
  }

  private static Optional<Source> sequences(Section source, boolean caseSensitive) {
    List<List<String>> lists = new ArrayList<>();
    if (source.value("sequences").orElse(null) instanceof Sequence(Position at, List<Node> items)) {
      items.forEach(item -> lists.add(markers(item)));
    }
    if (lists.isEmpty() || lists.stream().anyMatch(list -> list.size() < MARKERS_MIN)) {
      source.error(
          "sequences",
          "a sequence source needs lists of at least " + MARKERS_MIN + " markers",
          "write for example sequences: [[first, then]]");
      return Optional.empty();
    }
    if (lists.stream().flatMap(List::stream).anyMatch(String::isEmpty)) {
      source.warning("sequences", "an empty marker is found everywhere", "remove it");
    }
    return Optional.of(new Structure.Sequences(lists, caseSensitive));
  }

  private static List<String> markers(Node item) {
    List<String> markers = new ArrayList<>();
    if (item instanceof Sequence(Position at, List<Node> items)) {
      for (Node marker : items) {
        if (marker instanceof Scalar scalar) {
          markers.add(scalar.text());
        }
      }
    }
    return markers;
  }

  private static boolean fits(
      Section rule, Measure measure, Source source, Optional<Predicate> predicate) {
    boolean fits = true;
    if (measure == Measure.SEQUENCE && !(source instanceof Structure.Sequences)) {
      rule.section("feature")
          .error(
              "source",
              "a feature of type sequence needs a source of type sequence",
              "list markers under source.sequences, or write type: count");
      fits = false;
    }
    if (measure == Measure.EXISTS && predicate.isPresent()) {
      rule.error("predicate", "what exists has no number to compare", "write feature.type: count");
      fits = false;
    }
    if (predicate.isPresent() && predicate.get().isUnbounded()) {
      rule.error("predicate", "the predicate has no bounds", "write gt, gte, lt or lte");
      fits = false;
    }
    return fits;
  }
}
